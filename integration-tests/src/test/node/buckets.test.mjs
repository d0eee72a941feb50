import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { alice, bob, newBucket, nobody, ok, refused } from './client.mjs'

test('a bucket is created with its name for an id, private by default', async () => {
  const name = `js-${randomUUID()}`
  assert.equal(ok(await alice.createBucket(name)).name, name)

  const bucket = ok(await alice.getBucket(name))
  assert.equal(bucket.id, name)
  assert.equal(bucket.name, name)
  assert.equal(bucket.public, false)
  assert.equal(bucket.file_size_limit, null)
  assert.equal(bucket.allowed_mime_types, null)
  assert.ok(Date.parse(bucket.created_at) <= Date.parse(bucket.updated_at))
})

test('a bucket is created with limits', async () => {
  const name = await newBucket({ public: true, fileSizeLimit: '1MB', allowedMimeTypes: ['image/*', 'text/plain'] })

  const bucket = ok(await alice.getBucket(name))
  assert.equal(bucket.public, true)
  assert.equal(bucket.file_size_limit, 1000000)
  assert.deepEqual(bucket.allowed_mime_types, ['image/*', 'text/plain'])
})

test('limits of null are no limits', async () => {
  const name = await newBucket({ public: false, fileSizeLimit: null, allowedMimeTypes: null })
  assert.equal(ok(await alice.getBucket(name)).file_size_limit, null)
})

test('a name that is taken is a duplicate', async () => {
  const name = await newBucket()
  refused(await alice.createBucket(name), 409, 'BucketAlreadyExists', 'The resource already exists')
})

test('a name that is not allowed is refused', async () => {
  refused(await alice.createBucket('a/b'), 400, 'InvalidBucketName')
})

test('a bucket that is missing, or hidden, is not found', async () => {
  refused(await alice.getBucket('js-none'), 404, 'NoSuchBucket', 'Bucket not found')
  refused(await bob.getBucket(await newBucket()), 404, 'NoSuchBucket', 'Bucket not found')
})

test('buckets are listed by search, sort and page', async () => {
  const hint = `js-${randomUUID()}`
  for (const end of ['b', 'a', 'c']) {
    ok(await alice.createBucket(`${hint}-${end}`))
  }
  const names = async (options) => ok(await alice.listBuckets(options)).map(({ name }) => name.replace(`${hint}-`, ''))

  assert.deepEqual(await names({ search: hint }), ['a', 'b', 'c'])
  assert.deepEqual(await names({ search: hint, sortColumn: 'name', sortOrder: 'desc' }), ['c', 'b', 'a'])
  assert.deepEqual(await names({ search: hint, sortColumn: 'created_at', sortOrder: 'asc' }), ['b', 'a', 'c'])
  assert.deepEqual(await names({ search: hint, limit: 1, offset: 1 }), ['b'])
  assert.ok((await names()).some((name) => name === 'a'))
})

test('a bucket is updated', async () => {
  const name = await newBucket({ public: false, fileSizeLimit: 5 })

  const { message } = ok(await alice.updateBucket(name, { public: true, allowedMimeTypes: ['image/png'] }))

  assert.equal(message, 'Successfully updated')
  const bucket = ok(await alice.getBucket(name))
  assert.equal(bucket.public, true)
  assert.equal(bucket.file_size_limit, 5)
  assert.deepEqual(bucket.allowed_mime_types, ['image/png'])
})

test('an updated bucket loses the limits that are null', async () => {
  const name = await newBucket({ public: false, fileSizeLimit: 5, allowedMimeTypes: ['image/png'] })
  ok(await alice.updateBucket(name, { public: false, fileSizeLimit: null, allowedMimeTypes: null }))

  const bucket = ok(await alice.getBucket(name))
  assert.equal(bucket.file_size_limit, null)
  assert.equal(bucket.allowed_mime_types, null)
})

test('a bucket is emptied, then deleted', async () => {
  const name = await newBucket()
  ok(await alice.from(name).upload('folder/a.txt', 'a'))

  refused(await alice.deleteBucket(name), 409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty')
  assert.equal(ok(await alice.emptyBucket(name)).message, 'Successfully emptied')
  assert.equal(ok(await alice.deleteBucket(name)).message, 'Successfully deleted')
  refused(await alice.getBucket(name), 404, 'NoSuchBucket', 'Bucket not found')
})

test("another's bucket can't be changed", async () => {
  const name = await newBucket({ public: true })
  for (const result of [
    await bob.updateBucket(name, { public: false }),
    await bob.emptyBucket(name),
    await bob.deleteBucket(name)
  ]) {
    refused(result, 403, 'AccessDenied')
  }
})

test('without a token there are public buckets only', async () => {
  const open = await newBucket({ public: true })
  assert.equal(ok(await nobody.getBucket(open)).name, open)
  assert.ok(ok(await nobody.listBuckets({ search: open })).every((bucket) => bucket.public))
})
