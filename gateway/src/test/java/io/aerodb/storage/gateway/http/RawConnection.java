package io.aerodb.storage.gateway.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that sends exactly the bytes it is told; one char is one byte. */
public final class RawConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawConnection to(int port) {
        try {
            Socket socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            return new RawConnection(socket);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public RawConnection send(String bytes) {
        try {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public RawResponse ask(String method, String target, String... headers) {
        return send(head(method, target, headers)).read(method);
    }

    static String head(String method, String target, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    public RawResponse read() {
        return read("GET");
    }

    private RawResponse read(String method) {
        try {
            int status = Integer.parseInt(line().split(" ")[1]);
            List<String> headers = headers();
            RawResponse head = new RawResponse(status, headers, "");
            return method.equals("HEAD") ? head : new RawResponse(status, headers, body(head));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Whether something came that was not read; does not wait. */
    boolean hasBytes() {
        try {
            return in.available() > 0;
        } catch (IOException reset) {
            return false;
        }
    }

    /** Whether the other side closes, before anything else arrives. */
    public boolean isClosed() {
        try {
            return in.read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Whether nothing came and the connection is still open after so long; what came is lost. */
    boolean staysSilent(int millis) {
        try {
            socket.setSoTimeout(millis);
            return in.read() == Integer.MIN_VALUE;
        } catch (java.net.SocketTimeoutException silent) {
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private List<String> headers() throws IOException {
        List<String> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
        return headers;
    }

    private String body(RawResponse head) throws IOException {
        if (head.header("transfer-encoding").isPresent()) {
            return chunks();
        }
        int length = head.header("content-length").map(Integer::parseInt).orElse(0);
        return exactly(length);
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.append(exactly(size));
            line();
        }
        line();
        return body.toString();
    }

    private String exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the body ended after %d of %d bytes".formatted(bytes.length, length));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection closed within '%s'".formatted(line));
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
