import assert from 'node:assert/strict'
import { StorageApiError, isStorageError } from '@supabase/storage-js'
import { test } from 'node:test'
import { alice, bob, httpStatus, legacy, newFiles, nobody, ok, raw, stranger, url } from './client.mjs'

test('an error can be told by its class, and thrown', async () => {
  const { error } = await alice.getBucket('js-none')
  assert.ok(error instanceof StorageApiError)
  assert.ok(isStorageError(error))
  assert.deepEqual(error.toJSON(), {
    name: 'StorageApiError',
    message: 'Bucket not found',
    status: httpStatus(404),
    statusCode: '404',
    code: 'NoSuchBucket'
  })
  await assert.rejects(alice.from('js-none').throwOnError().list(), { code: 'NoSuchBucket' })
})

test('an invalid token is refused everywhere', async () => {
  const files = await newFiles({ public: true })
  ok(await files.upload('a', 'a'))
  const strange = stranger.from(files.bucketId)
  for (const { error } of [
    await stranger.listBuckets(), await stranger.getBucket(files.bucketId), await strange.list(), await strange.download('a'),
    await strange.upload('b', 'b'), await strange.remove(['a']), await strange.move('a', 'b')
  ]) {
    assert.equal(error.status, legacy ? 400 : 401)
    assert.equal(error.statusCode, legacy ? '403' : '401')
  }
})

test('an invalid token is called Unauthorized', async () => {
  const answer = await fetch(`${url}/bucket`, { headers: { authorization: 'Bearer a.b.c' } })
  assert.equal((await answer.json()).error, 'Unauthorized')
})

test('a missing token is refused where one is needed', async () => {
  const files = await newFiles()
  const closed = nobody.from(files.bucketId)
  for (const { error } of [
    await nobody.createBucket('js-mine'), await nobody.getBucket(files.bucketId), await closed.upload('a', 'a'),
    await closed.list(), await closed.download('a'), await closed.remove(['a'])
  ]) {
    assert.equal(error.status, httpStatus(401))
    assert.equal(error.code, 'Unauthorized')
    if (legacy) {
      assert.match(error.message, /authorization/)
    }
  }
})

test('what is not permitted says which right is missing', async () => {
  const files = await newFiles({ public: true })
  const { error } = await bob.from(files.bucketId).upload('a', 'a')
  assert.equal(error.status, httpStatus(403))
  assert.equal(error.statusCode, '403')
  const denied = await fetch(`${url}/object/${files.bucketId}/a`, {
    method: 'POST', body: 'a', headers: { authorization: `Bearer ${process.env.BOB}` }
  })
  const { error: word, reason } = await denied.json()
  assert.deepEqual([word, reason], ['Unauthorized', 'insert'])
})

test('a body that is no JSON says where', async () => {
  const files = await newFiles()
  const answer = await raw(`/object/list/${files.bucketId}`, { method: 'POST', body: '{"prefix": ' })
  assert.equal(answer.status, 400)
  assert.equal((await answer.json()).field, 'body')
})

test('a body that is JSON comes under any type', async () => {
  const files = await newFiles()
  const answer = await raw('/object/move', {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ bucketId: files.bucketId, sourceKey: 'a', destinationKey: 'b' })
  })
  assert.equal((await answer.json()).code, 'NoSuchKey')
})

test('the server says that it is there, and what it is', async () => {
  assert.equal((await fetch(`${url}/status`)).status, 200)
  assert.match(await (await fetch(`${url}/version`)).text(), /\d/)
})
