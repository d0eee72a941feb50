// Callers of the gateway under test, and what its answers must be like.
import { StorageClient } from '@supabase/storage-js'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'

/** The base of the API: native, or in the legacy dialect. */
export const url = process.env.STORAGE_URL
export const legacy = url.includes('/compat/')

export const as = (token) => new StorageClient(url, token ? { Authorization: `Bearer ${token}` } : {})

export const alice = as(process.env.ALICE)
export const bob = as(process.env.BOB)
export const nobody = as()
export const stranger = as('no.valid.token')

/** A fresh bucket of Alice's, private unless it says otherwise. */
export async function newBucket(options) {
  const name = `js-${randomUUID()}`
  ok(await alice.createBucket(name, options))
  return name
}

/** Alice's files in a fresh bucket. */
export const newFiles = async (options) => alice.from(await newBucket(options))

/** The data of an answer without an error. */
export function ok({ data, error }) {
  assert.equal(error, null, error && `${error.status} ${error.statusCode} ${error.message}`)
  return data
}

/** The error of a refusal: as text in statusCode, and as HTTP status where the dialect keeps it. */
export function refused({ data, error }, status, code, message) {
  assert.equal(data, null)
  assert.equal(error?.name, 'StorageApiError')
  assert.equal(error.statusCode, `${status}`)
  assert.equal(error.code, code)
  assert.equal(error.status, httpStatus(status))
  if (message) {
    assert.equal(error.message, message)
  }
  return error
}

/** What a status of the native API is here. */
export const httpStatus = (status) => (legacy && status >= 400 && status < 500 ? 400 : status)

export const bytes = async (blob) => Buffer.from(await blob.arrayBuffer())

/** What is stored there, as text. */
export const stored = async (files, path) => (await bytes(ok(await files.download(path)))).toString()

/** A request as it is, without the client. */
export const raw = (path, options = {}) =>
  fetch(url + path, { ...options, headers: { authorization: `Bearer ${process.env.ALICE}`, ...options.headers } })
