import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { legacy, newFiles, ok } from './client.mjs'

const MIB = 1024 * 1024
const SIZE = 100 * MIB

test('a file of 100 MiB goes up and comes down as a stream', { skip: legacy && 'it goes the same way' }, async () => {
  const files = await newFiles()
  const block = Buffer.alloc(MIB, 'abcdefg')
  const sent = createHash('sha256')
  let left = SIZE / MIB
  const body = new ReadableStream({
    pull(controller) {
      if (left-- === 0) {
        return controller.close()
      }
      sent.update(block)
      controller.enqueue(block)
    }
  })
  ok(await files.upload('large', body, { contentType: 'application/octet-stream' }))
  assert.equal(ok(await files.info('large')).size, SIZE)

  const received = createHash('sha256')
  for await (const chunk of ok(await files.download('large').asStream())) {
    received.update(chunk)
  }
  assert.equal(received.digest('hex'), sent.digest('hex'))
  ok(await files.remove(['large']))
})
