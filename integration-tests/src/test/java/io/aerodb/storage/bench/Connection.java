package io.aerodb.storage.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kept-alive HTTP/1.1 connection for one thread, made to cost little: blocking calls, direct buffers, and bodies of
 * answers are counted and dropped. Answers must have a Content-Length.
 */
final class Connection implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final SocketChannel channel;
    private final ByteBuffer received = ByteBuffer.allocateDirect(256 * 1024);

    private Connection(SocketChannel channel) {
        this.channel = channel;
    }

    static Connection open(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new Connection(channel);
    }

    /** Sends a request without a body and returns the length of the answer's. */
    long get(String head) throws IOException {
        send(ascii(head + "\r\n"));
        return success(head);
    }

    /** Sends a body of so many bytes, this content over and over. */
    void put(String head, ByteBuffer content, long bytes) throws IOException {
        ByteBuffer first = content.duplicate().limit((int) Math.min(content.capacity(), bytes));
        long left = bytes - first.remaining();
        send(ascii(head + "Content-Length: " + bytes + "\r\n\r\n"), first);
        while (left > 0) {
            ByteBuffer next = content.duplicate().limit((int) Math.min(content.capacity(), left));
            left -= next.remaining();
            send(next);
        }
        success(head);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void send(ByteBuffer... buffers) throws IOException {
        while (buffers[buffers.length - 1].hasRemaining()) {
            channel.write(buffers);
        }
    }

    private long success(String request) throws IOException {
        received.clear();
        String head = head();
        Matcher length = LENGTH.matcher(head);
        if (head.charAt(STATUS_AT) != '2' || !length.find()) {
            throw new IOException(
                    "not a success with a length: " + request.lines().findFirst() + " -> " + head);
        }
        long body = Long.parseLong(length.group(1));
        drop(body - (received.position() - head.length()));
        return body;
    }

    /** Reads until the empty line; what came of the body is behind it in the buffer. */
    private String head() throws IOException {
        while (true) {
            receive();
            String text = StandardCharsets.ISO_8859_1
                    .decode(received.duplicate().flip().limit(Math.min(received.position(), 4096)))
                    .toString();
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0) {
                return text.substring(0, end + 4);
            }
        }
    }

    private void drop(long bytes) throws IOException {
        for (long left = bytes; left > 0; left -= received.position()) {
            received.clear();
            receive();
        }
    }

    private void receive() throws IOException {
        if (channel.read(received) < 0) {
            throw new EOFException("the server closed the connection");
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
