import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { alice, bob, newBucket, newFiles, ok, raw, refused } from './client.mjs'

const PATHS = ['b.txt', 'a.txt', 'folder/1.txt', 'folder/sub/2.txt', 'folder2/3.txt', 'Ä.txt', '100%_sure.txt']
let files

before(async () => {
  files = await newFiles()
  for (const path of PATHS) {
    const sent = await raw(`/object/${files.bucketId}/${encodeURI(path)}`, {
      method: 'POST', body: path, headers: { 'content-type': 'text/plain;charset=UTF-8', 'cache-control': 'max-age=3600' }
    })
    assert.ok(sent.ok)
  }
})

const listed = async (path, options) => ok(await files.list(path, options)).map(({ name }) => name)

test('a list shows files and folders of the top', async () => {
  const entries = ok(await files.list())
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['100%_sure.txt', 'a.txt', 'b.txt', 'folder', 'folder2', 'Ä.txt'])
  const folder = entries.find(({ name }) => name === 'folder')
  assert.deepEqual(
    [folder.id, folder.updated_at, folder.created_at, folder.last_accessed_at, folder.metadata],
    [null, null, null, null, null])
})

test('an entry tells of its file', async () => {
  const [{ id, created_at, updated_at, last_accessed_at, metadata }] = ok(await files.list('', { search: 'a.txt' }))

  assert.equal(id, ok(await files.info('a.txt')).id)
  for (const time of [created_at, updated_at, last_accessed_at, metadata.lastModified]) {
    assert.ok(Date.parse(time) > 0)
  }
  assert.match(metadata.eTag, /^"[0-9a-f-]{36}"$/)
  assert.equal(metadata.size, 5)
  assert.equal(metadata.contentLength, 5)
  assert.equal(metadata.mimetype, 'text/plain;charset=UTF-8')
  assert.equal(metadata.cacheControl, 'max-age=3600')
  assert.equal(metadata.httpStatusCode, 200)
})

test('a list of a folder has names relative to it, with or without a slash', async () => {
  assert.deepEqual(await listed('folder'), ['1.txt', 'sub'])
  assert.deepEqual(await listed('folder/'), ['1.txt', 'sub'])
  assert.deepEqual(await listed('folder/sub'), ['2.txt'])
})

test('a folder that is not there is empty', async () => {
  assert.deepEqual(await listed('none'), [])
})

test('a list is searched, whatever the case, and patterns are text', async () => {
  assert.deepEqual(await listed('', { search: 'A.TXT' }), ['a.txt'])
  assert.deepEqual(await listed('', { search: '%_' }), ['100%_sure.txt'])
  assert.deepEqual(await listed('folder', { search: 'su' }), ['sub'])
})

test('a list is cut into pages', async () => {
  assert.deepEqual(await listed('', { limit: 2 }), ['100%_sure.txt', 'a.txt'])
  assert.deepEqual(await listed('', { limit: 2, offset: 4 }), ['folder2', 'Ä.txt'])
  assert.deepEqual(await listed('', { offset: 100 }), [])
})

test('a list is sorted', async () => {
  const sorted = (column, order) => listed('', { sortBy: { column, order }, search: '.txt' })
  assert.deepEqual(await sorted('name', 'desc'), ['Ä.txt', 'b.txt', 'a.txt', '100%_sure.txt'])
  for (const column of ['created_at', 'updated_at', 'last_accessed_at']) {
    assert.deepEqual(await sorted(column, 'asc'), ['b.txt', 'a.txt', 'Ä.txt', '100%_sure.txt'])
    assert.deepEqual(await sorted(column, 'desc'), ['100%_sure.txt', 'Ä.txt', 'a.txt', 'b.txt'])
  }
})

test('an unknown column or order is refused', async () => {
  refused(await files.list('', { sortBy: { column: 'size' } }), 400, 'InvalidRequest')
  refused(await files.list('', { sortBy: { column: 'name', order: 'up' } }), 400, 'InvalidRequest')
})

test('who may read nothing is shown nothing', async () => {
  assert.deepEqual(ok(await bob.from((await newFiles({ public: true })).bucketId).list()), [])
})

test('a list of a missing bucket is refused', async () => {
  refused(await alice.from('js-none').list(), 404, 'NoSuchBucket', 'Bucket not found')
  refused(await alice.from('js-none').listV2(), 404, 'NoSuchBucket', 'Bucket not found')
})

const byBytes = [...PATHS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

test('listV2 shows all full names', async () => {
  const page = ok(await files.listV2())
  assert.deepEqual(page.objects.map(({ name }) => name), byBytes)
  assert.deepEqual(page.folders, [])
  assert.equal(page.hasNext, false)
  assert.equal('nextCursor' in page, false)
  assert.equal(page.objects[0].metadata.size, '100%_sure.txt'.length)
})

test('listV2 shows what begins so', async () => {
  const page = ok(await files.listV2({ prefix: 'fold' }))
  assert.deepEqual(page.objects.map(({ name }) => name), ['folder/1.txt', 'folder/sub/2.txt', 'folder2/3.txt'])
})

test('listV2 with a delimiter shows direct children and folders', async () => {
  const top = ok(await files.listV2({ with_delimiter: true }))
  assert.deepEqual(top.objects.map(({ name }) => name), ['100%_sure.txt', 'a.txt', 'b.txt', 'Ä.txt'])
  assert.deepEqual(top.folders.map(({ name }) => name), ['folder/', 'folder2/'])

  const folder = ok(await files.listV2({ with_delimiter: true, prefix: 'folder/' }))
  assert.deepEqual(folder.objects.map(({ name }) => name), ['folder/1.txt'])
  assert.deepEqual(folder.folders.map(({ name }) => name), ['folder/sub/'])
})

async function paged(options) {
  const names = []
  let page
  do {
    page = ok(await files.listV2({ ...options, limit: 2, cursor: page?.nextCursor }))
    assert.ok(page.objects.length + page.folders.length <= 2)
    names.push(...[...page.folders, ...page.objects].map(({ name }) => name))
    assert.equal(page.hasNext, 'nextCursor' in page)
  } while (page.hasNext)
  return names
}

test('listV2 goes on behind its cursor, in any order', async () => {
  const orders = { name: byBytes, created_at: PATHS, updated_at: PATHS }
  for (const [column, expected] of Object.entries(orders)) {
    assert.deepEqual(await paged({ sortBy: { column, order: 'asc' } }), expected)
    assert.deepEqual(await paged({ sortBy: { column, order: 'desc' } }), [...expected].reverse())
  }
})

test('listV2 goes on behind its cursor among folders', async () => {
  const expected = ['100%_sure.txt', 'a.txt', 'b.txt', 'folder/', 'folder2/', 'Ä.txt'].sort()
  for (const column of ['name', 'created_at', 'updated_at']) {
    assert.deepEqual((await paged({ with_delimiter: true, sortBy: { column, order: 'asc' } })).sort(), expected)
  }
})

test('a cursor that was not given is refused', async () => {
  refused(await files.listV2({ cursor: 'abc' }), 400, 'InvalidRequest')
  const { nextCursor } = ok(await files.listV2({ limit: 1 }))
  refused(await alice.from(await newBucket()).listV2({ cursor: nextCursor }), 400, 'InvalidRequest')
})
