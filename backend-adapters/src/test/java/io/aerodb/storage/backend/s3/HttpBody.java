package io.aerodb.storage.backend.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Copies the body of one HTTP/1.1 message in its framing, up to a number of its bytes. */
final class HttpBody {

    private final InputStream in;
    private final OutputStream out;
    private long left;

    HttpBody(InputStream in, OutputStream out, long limit) {
        this.in = in;
        this.out = out;
        this.left = limit;
    }

    void copy(HttpHead head) throws IOException {
        if (left == 0) {
            return;
        }
        if (head.chunked()) {
            chunks();
        } else {
            bytes(head.contentLength());
        }
        out.flush();
    }

    private void chunks() throws IOException {
        for (long size = chunk(); size > 0; size = chunk()) {
            bytes(size);
            if (left == 0) {
                return;
            }
            line();
        }
        line();
    }

    private long chunk() throws IOException {
        return Long.parseLong(line().split(";")[0].strip(), 16);
    }

    private String line() throws IOException {
        String line = HttpHead.line(in);
        out.write((line + "\r\n").getBytes(ISO_8859_1));
        return line;
    }

    private void bytes(long count) throws IOException {
        byte[] block = new byte[64 * 1024];
        for (long rest = Math.min(count, left); rest > 0; ) {
            int read = in.read(block, 0, (int) Math.min(block.length, rest));
            if (read < 0) {
                throw new EOFException("a body without end");
            }
            out.write(block, 0, read);
            rest -= read;
            left -= read;
        }
    }
}
