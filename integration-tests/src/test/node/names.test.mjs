import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newFiles, ok, raw, refused, stored } from './client.mjs'

const NAMES = [
  'semi;colon=1;v=2.txt', 'a+b c.txt', 'a=b&c,d.txt', "it's (not) [odd] {at} all!.txt", 'user@host:1.txt', '~$*-_.txt',
  'äöü/ß/é.txt', 'Ω/日本語/한국어.txt', 'عربى.txt', '😀👩‍👩‍👧.txt', ' leading and trailing ', 'a//b', '"quoted".txt',
  '<tag>.txt', 'a|b`c^d.txt', 'x'.repeat(255)
]

for (const name of NAMES) {
  test(`a file may be called ${name.length > 40 ? '255 letters' : JSON.stringify(name)}`, async () => {
    const files = await newFiles({ public: true })
    const path = `f/${name}`.trimEnd() // a URL loses a space at its end
    const sent = ok(await files.upload(path, name))

    assert.equal(sent.fullPath, `${files.bucketId}/${sent.path}`)
    assert.equal(await stored(files, sent.path), name)
    assert.equal(ok(await files.exists(sent.path)), true)
    assert.equal(ok(await files.info(sent.path)).name, sent.path)
    assert.deepEqual(ok(await files.listV2()).objects.map((object) => object.name), [sent.path])
    assert.equal(await (await fetch(files.getPublicUrl(sent.path).data.publicUrl)).text(), name)
    ok(await files.copy(sent.path, 'copy'))
    ok(await files.remove(['copy']))
    assert.equal(ok(await files.remove([sent.path])).length, 1)
  })
}

test('a name is the same in either Unicode form', async () => {
  const files = await newFiles()
  ok(await files.upload('e\u0301.txt', 'é'))
  assert.equal(await stored(files, '\u00e9.txt'), 'é')
})

test('what the client or its URL would change comes by its code', async () => {
  const files = await newFiles()
  for (const name of ['who?.txt', '#1.txt', '100%.txt', '%41.txt', 'a?b#c%d', 'back\\slash.txt', 'space ']) {
    const path = `/object/${files.bucketId}/f/${encodeURIComponent(name)}`
    const created = await raw(path, { method: 'POST', body: name, headers: { 'x-upsert': 'false' } })
    assert.equal(created.status, 200)
    assert.equal((await created.json()).Key, `${files.bucketId}/f/${name}`)
    assert.equal(await (await raw(path)).text(), name)
    assert.equal(ok(await files.list('f', { search: name }))[0].name, name)
    ok(await files.move(`f/${name}`, 'moved'))
    assert.equal(ok(await files.remove(['moved'])).length, 1)
  }
})

test('the client encodes nothing in a percent sign, so the server reads a code', async () => {
  const files = await newFiles()
  ok(await files.upload('%41.txt', 'A'))
  assert.equal(await stored(files, 'A.txt'), 'A')
  refused(await files.upload('100%.txt', 'x'), 400, 'InvalidKey')
})

test('names that are none are refused with the reason', async () => {
  const files = await newFiles()
  refused(await files.move('a', '../b'), 400, 'InvalidKey', 'destinationKey: must not contain the segments . and ..')
  refused(await files.copy('a', 'b\u0000c'), 400, 'InvalidKey', 'destinationKey: must not contain control characters')
  refused(await files.upload('a'.repeat(1025), 'x'), 400, 'InvalidKey', 'path: must be at most 1024 bytes of UTF-8')
})
