// What the clients have methods for and the gateway does not: each must be told so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, newBucket, newFiles, nobody, ok, raw, refused, url } from './client.mjs'

const absent = (result, words) => assert.match(refused(result, 501, 'NotImplemented').message, words)

test('lifecycle rules', async () => {
  const name = await newBucket()
  const rule = { status: 'Enabled', filter: {}, noncurrentVersionExpiration: { noncurrentDays: 1 } }
  absent(await alice.getBucketLifecycle(name), /lifecycle/i)
  absent(await alice.updateBucketLifecycle(name, { rules: [rule] }), /lifecycle/i)
  absent(await alice.deleteBucketLifecycle(name), /lifecycle/i)
})

test('purging caches', async () => {
  absent(await alice.purgeBucketCache(await newBucket(), { transformations: true }), /cache/i)
  absent(await (await newFiles()).purgeCache('folder/a'), /cache/i)
})

test('transformed images', async () => {
  const files = await newFiles({ public: true })
  ok(await files.upload('a.png', 'a', { contentType: 'image/png' }))
  const transform = { width: 10, height: 10, resize: 'fill', quality: 50, format: 'origin' }

  absent(await files.download('a.png', { transform }), /transform/i)
  for (const address of [
    files.getPublicUrl('a.png', { transform }).data.publicUrl, `${url}/render/image/sign/${files.bucketId}/a.png?token=x`
  ]) {
    const answer = await fetch(address)
    assert.equal(answer.status, 501)
    assert.match((await answer.json()).message, /transform/i)
  }
})

test('vector buckets', async () => {
  const { vectors } = alice
  const index = { vectorBucketName: 'v', indexName: 'i', dimension: 2, dataType: 'float32', distanceMetric: 'cosine' }
  for (const { error } of [
    await vectors.createBucket('v'), await vectors.getBucket('v'), await vectors.listBuckets(), await vectors.deleteBucket('v'),
    await vectors.from('v').createIndex(index), await vectors.from('v').listIndexes(),
    await vectors.from('v').index('i').putVectors({ vectors: [{ key: 'a', data: { float32: [1, 2] } }] }),
    await vectors.from('v').index('i').queryVectors({ queryVector: { float32: [1, 2] }, topK: 1 })
  ]) {
    assert.equal(error.status, 501)
    assert.match(error.message, /vector/i)
  }
})

test('analytics buckets', async () => {
  absent(await alice.analytics.createBucket('a'), /analytics/i)
  absent(await alice.analytics.listBuckets(), /analytics/i)
  absent(await alice.analytics.deleteBucket('a'), /analytics/i)
  absent(await alice.createBucket('a', { public: false, type: 'ANALYTICS' }), /STANDARD/)
  const catalog = await raw('/iceberg/v1/a/namespaces')
  assert.equal(catalog.status, 501)
})

test('resumable uploads', async () => {
  for (const [method, path] of Object.entries({ POST: '', HEAD: '/id', PATCH: '/id', DELETE: '/id', PUT: '/sign/id' })) {
    const answer = await raw(`/upload/resumable${path}`, { method, headers: { 'tus-resumable': '1.0.0' } })
    assert.equal(answer.status, 501)
    if (method !== 'HEAD') {
      assert.match((await answer.json()).message, /resumable/i)
    }
  }
})

test('the S3 protocol', async () => {
  for (const [method, path] of Object.entries({ GET: '', PUT: '/bucket', POST: '/bucket/key?uploads', DELETE: '/bucket/key' })) {
    const answer = await raw(`/s3${path}`, { method })
    assert.equal(answer.status, 501)
    assert.match((await answer.json()).message, /S3/)
  }
})

test('versions of files', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))
  const versionId = ok(await files.info('a')).version

  absent(await alice.createBucket('js-versions', { public: false, versioningStatus: 'ENABLED' }), /versions/)
  absent(await alice.updateBucket(files.bucketId, { public: false, versioningStatus: 'SUSPENDED' }), /versions/)
  absent(await files.download('a', { versionId }), /versions/)
  absent(await files.info('a', { versionId }), /versions/)
  absent(await files.move('a', 'b', { sourceVersionId: versionId }), /versions/)
  absent(await files.copy('a', 'b', { sourceVersionId: versionId }), /versions/)
  absent(await files.list('', { noncurrentVersions: 'include' }), /versions/)
  absent(await files.listV2({ deleteMarkers: 'only' }), /versions/)
  absent(await files.listV2({ exactMatch: true, prefix: 'a' }), /exactMatch/)
  ok(await files.list('', { noncurrentVersions: 'exclude', deleteMarkers: 'exclude', exactMatch: false }))
  refused(await files.remove([{ path: 'a', versionId }]), 400, 'InvalidRequest')
  assert.equal(ok(await files.exists('a')), true)
})

test('a bad token comes first, none does not matter', async () => {
  assert.equal((await nobody.getBucketLifecycle('a')).error.status, 501)
  const answer = await fetch(`${url}/s3`, { headers: { authorization: 'Bearer a.b.c' } })
  assert.ok([400, 401].includes(answer.status))
})
