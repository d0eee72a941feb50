import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bob, newFiles, nobody, ok, raw, refused, stored, url } from './client.mjs'

const uploaded = async (path = 'folder/a.txt', content = 'a') => {
  const files = await newFiles()
  ok(await files.upload(path, content))
  return files
}

test('a signed URL shows the file to anyone', async () => {
  const files = await uploaded()
  const { signedUrl } = ok(await files.createSignedUrl('folder/a.txt', 60))

  assert.ok(signedUrl.startsWith(`${url}/object/sign/${files.bucketId}/folder/a.txt?token=`))
  const answer = await fetch(signedUrl)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-disposition'), null)
  assert.equal(await answer.text(), 'a')
  assert.equal((await fetch(signedUrl, { method: 'HEAD' })).status, 200)
})

test('a signed URL makes a download', async () => {
  const files = await uploaded()
  const disposition = async (download) => {
    const { signedUrl } = ok(await files.createSignedUrl('folder/a.txt', 60, { download }))
    return (await fetch(signedUrl)).headers.get('content-disposition')
  }
  assert.equal(await disposition(true), 'attachment; filename="a.txt"')
  assert.equal(await disposition('b.txt'), 'attachment; filename="b.txt"')
})

test('a signed URL works for odd names', async () => {
  for (const name of ['semi;colon=1.txt', 'a+b c,d@e.txt', '日本語/😀.txt']) {
    const files = await uploaded(name, name)
    const { signedUrl } = ok(await files.createSignedUrl(name, 60, { cacheNonce: '1' }))
    assert.equal(await (await fetch(signedUrl)).text(), name)
  }
})

test('a signed URL is for that file only', async () => {
  const files = await uploaded()
  ok(await files.upload('folder/b.txt', 'b'))
  const { signedUrl } = ok(await files.createSignedUrl('folder/a.txt', 60))
  const other = await fetch(signedUrl.replace('a.txt', 'b.txt'))
  assert.equal(other.status, 400)
  assert.equal((await other.json()).code, 'InvalidSignature')
})

test('what is missing, or not permitted, is not signed', async () => {
  const files = await uploaded()
  refused(await files.createSignedUrl('none', 60), 404, 'NoSuchKey', 'Object not found')
  refused(await bob.from(files.bucketId).createSignedUrl('folder/a.txt', 60), 403, 'AccessDenied')
  refused(await nobody.from(files.bucketId).createSignedUrl('folder/a.txt', 60), 401, 'Unauthorized')
  refused(await files.createSignedUrl('folder/a.txt', 0), 400, 'InvalidRequest')
})

test('images are not transformed, signed or not', async () => {
  const files = await uploaded()
  const { error } = await files.createSignedUrl('folder/a.txt', 60, { transform: { width: 10 } })
  assert.equal(error.status, 501)
  assert.match(error.message, /transform/i)
})

test('versions are not signed', async () => {
  const files = await uploaded()
  refused(await files.createSignedUrl('folder/a.txt', 60, { versionId: 'any' }), 501, 'NotImplemented')
})

test('the client of Python sends the seconds as a text', async () => {
  const files = await uploaded()
  const sign = (expiresIn) =>
    raw(`/object/sign/${files.bucketId}/folder/a.txt`, { method: 'POST', body: JSON.stringify({ expiresIn }) })
  assert.equal((await sign('60')).status, 200)
  for (const none of ['0', '-1', '60s', '', '1e3', '99999999999999999999']) {
    assert.equal((await sign(none)).status, 400)
  }
})

test('many URLs are signed at once, what can not be signed says so', async () => {
  const files = await uploaded()
  ok(await files.upload('b c.txt', 'b'))
  const signed = ok(await files.createSignedUrls(['folder/a.txt', 'none', 'b c.txt'], 60, { download: true }))

  assert.deepEqual(signed.map(({ path }) => path), ['folder/a.txt', 'none', 'b c.txt'])
  assert.equal(signed[1].signedUrl, null)
  assert.equal(signed[1].signedURL, null)
  assert.equal(typeof signed[1].error, 'string')
  for (const [i, content] of [[0, 'a'], [2, 'b']]) {
    assert.equal(signed[i].error, null)
    const answer = await fetch(signed[i].signedUrl)
    assert.equal(await answer.text(), content)
    assert.match(answer.headers.get('content-disposition'), /^attachment/)
  }
})

const BODIES = {
  'a string': () => 'sent',
  'a Buffer': () => Buffer.from('sent'),
  'a stream': () => new Response('sent').body,
  'a Blob': () => new Blob(['sent'], { type: 'text/css' })
}

for (const [kind, body] of Object.entries(BODIES)) {
  test(`${kind} is uploaded to a signed URL by anyone`, async () => {
    const files = await newFiles()
    const { token, path, signedUrl } = ok(await files.createSignedUploadUrl('folder/a.txt'))
    assert.equal(path, 'folder/a.txt')
    assert.ok(signedUrl.startsWith(`${url}/object/upload/sign/${files.bucketId}/folder/a.txt?token=`))

    const options = { contentType: 'text/css', cacheControl: '60', metadata: { a: 1 } }
    const sent = ok(await nobody.from(files.bucketId).uploadToSignedUrl(path, token, body(), options))
    assert.equal(sent.path, path)
    assert.equal(sent.fullPath, `${files.bucketId}/folder/a.txt`)
    assert.equal(await stored(files, path), 'sent')
    const info = ok(await files.info(path))
    assert.equal(info.contentType, 'text/css')
    assert.equal(info.cacheControl, 'max-age=60')
    assert.deepEqual(info.metadata, { a: 1 })
  })
}

test('a signed upload overwrites only when it was signed so', async () => {
  const files = await uploaded()
  const first = ok(await files.createSignedUploadUrl('new.txt'))
  ok(await files.upload('new.txt', 'before'))
  refused(
    await nobody.from(files.bucketId).uploadToSignedUrl('new.txt', first.token, 'b'),
    409, 'KeyAlreadyExists', 'The resource already exists')

  const second = ok(await files.createSignedUploadUrl('folder/a.txt', { upsert: true }))
  ok(await nobody.from(files.bucketId).uploadToSignedUrl('folder/a.txt', second.token, 'c', { upsert: true }))
  assert.equal(await stored(files, 'folder/a.txt'), 'c')
})

test('a token for one upload is for no other', async () => {
  const files = await uploaded()
  const { token } = ok(await files.createSignedUploadUrl('b.txt'))
  const { error } = await nobody.from(files.bucketId).uploadToSignedUrl('c.txt', token, 'c')
  assert.equal(error.code, 'InvalidSignature')
  const { signedUrl } = ok(await files.createSignedUrl('folder/a.txt', 60))
  const download = new URL(signedUrl).searchParams.get('token')
  const mistaken = await nobody.from(files.bucketId).uploadToSignedUrl('folder/a.txt', download, 'c')
  assert.equal(mistaken.error.code, 'InvalidSignature')
})

test('without the right to create nothing is signed', async () => {
  const files = await newFiles()
  refused(await bob.from(files.bucketId).createSignedUploadUrl('a'), 403, 'AccessDenied')
})
