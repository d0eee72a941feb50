package io.aerodb.storage.bench;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP/1.1 that costs little: blocking calls and direct buffers, and the bodies of answers are counted and dropped. */
final class Connection implements Client {

    private static final Queue<ByteBuffer> BUFFERS = new ConcurrentLinkedQueue<>(); // direct ones are freed late
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final Pattern CHUNKED = Pattern.compile("(?i)\r\ntransfer-encoding: *chunked\r\n");
    private static final int BUFFER = 256 * 1024;
    private static final int LONGEST_HEAD = 8192;
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final SocketChannel channel;
    private final ByteBuffer received = buffer(); // what is not read yet

    private Connection(SocketChannel channel) {
        this.channel = channel;
    }

    static Connection open(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new Connection(channel);
    }

    @Override
    public Answer exchange(Request request) throws IOException {
        return request.checked(answer(request, null));
    }

    @Override
    public String text(Request request) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        request.checked(answer(request, Channels.newChannel(body)));
        return body.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            BUFFERS.add(received);
        }
    }

    /** @param body takes the answer's; may be null */
    private Answer answer(Request request, WritableByteChannel body) throws IOException {
        send(request);
        String head = line("\r\n\r\n");
        Answer bare = new Answer(Integer.parseInt(head.substring(STATUS_AT, STATUS_AT + 3)), head, 0);
        boolean none = request.method().equals("HEAD") || bare.status() == 304 || bare.status() == 204;
        return none ? bare : new Answer(bare.status(), head, body(head, body));
    }

    private void send(Request request) throws IOException {
        String length = request.body().bytes() < 0
                ? ""
                : "Content-Length: " + request.body().bytes() + "\r\n";
        ByteBuffer head = ByteBuffer.wrap((request.method() + " " + request.target()
                        + " HTTP/1.1\r\nHost: localhost\r\n" + request.headers() + length + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        Iterator<ByteBuffer> pieces = request.body().iterator();
        write(pieces.hasNext() ? new ByteBuffer[] {head, pieces.next()} : new ByteBuffer[] {head});
        while (pieces.hasNext()) {
            write(pieces.next());
        }
    }

    private void write(ByteBuffer... buffers) throws IOException {
        while (buffers[buffers.length - 1].hasRemaining()) {
            channel.write(buffers);
        }
    }

    /** Takes the body and gives its length. */
    private long body(String head, WritableByteChannel target) throws IOException {
        Matcher length = LENGTH.matcher(head);
        if (length.find()) {
            return take(Long.parseLong(length.group(1)), target);
        }
        return CHUNKED.matcher(head).find() ? chunks(target) : 0;
    }

    private long chunks(WritableByteChannel target) throws IOException {
        long all = 0;
        long chunk;
        while ((chunk = Long.parseLong(line("\r\n").strip(), 16)) > 0) {
            all += take(chunk, target);
            line("\r\n");
        }
        line("\r\n");
        return all;
    }

    private long take(long bytes, WritableByteChannel target) throws IOException {
        for (long left = bytes; left > 0; ) {
            if (!received.hasRemaining()) {
                receive();
            }
            int count = (int) Math.min(left, received.remaining());
            if (target != null) {
                target.write(received.duplicate().limit(received.position() + count));
            }
            received.position(received.position() + count);
            left -= count;
        }
        return bytes;
    }

    /** What comes up to this end, and the end. */
    private String line(String end) throws IOException {
        while (true) {
            int known = Math.min(received.remaining(), LONGEST_HEAD);
            String text = StandardCharsets.ISO_8859_1
                    .decode(received.duplicate().limit(received.position() + known))
                    .toString();
            int at = text.indexOf(end);
            if (at >= 0) {
                received.position(received.position() + at + end.length());
                return text.substring(0, at + end.length());
            }
            if (known == LONGEST_HEAD) {
                throw new IOException("no end of: " + text);
            }
            receive();
        }
    }

    private void receive() throws IOException {
        received.compact();
        int count = channel.read(received);
        received.flip();
        if (count < 0) {
            throw new EOFException("the server closed the connection");
        }
    }

    private static ByteBuffer buffer() {
        ByteBuffer used = BUFFERS.poll();
        return (used == null ? ByteBuffer.allocateDirect(BUFFER) : used).limit(0);
    }
}
