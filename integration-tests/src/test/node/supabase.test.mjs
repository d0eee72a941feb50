import { createClient } from '@supabase/supabase-js'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { newBucket, ok, url } from './client.mjs'

/** As applications make it: by the address of the project and one key, which is sent as apikey and as token. */
const client = (key, options = {}) =>
  createClient(url.replace(/\/storage\/v1$/, ''), key, {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: class {} }, // before Node 22 there is no WebSocket
    ...options
  })

test('storage of supabase-js works', async () => {
  const { storage } = client(process.env.ALICE)
  const name = `js-${randomUUID()}`
  ok(await storage.createBucket(name))
  ok(await storage.from(name).upload('a.txt', 'a'))
  assert.equal(await ok(await storage.from(name).download('a.txt')).text(), 'a')
})

test('the token of the user is before the key of the application', async () => {
  const name = await newBucket()
  const own = client(process.env.ANON, { accessToken: async () => process.env.ALICE })
  ok(await own.storage.from(name).upload('a.txt', 'a'))
  assert.ok((await client(process.env.ANON).storage.from(name).upload('b.txt', 'b')).error)
})
