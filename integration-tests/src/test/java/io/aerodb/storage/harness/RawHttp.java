package io.aerodb.storage.harness;

import io.aerodb.storage.openapi.OpenApiDocument;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One connection on which exactly the given bytes go out. Nothing is added, encoded or checked. */
public final class RawHttp implements AutoCloseable {

    private static final int READ_LIMIT_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;

    private RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_LIMIT_MILLIS);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawHttp open(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        return new RawHttp(socket);
    }

    /** A connection whose client has next to no room for what it does not read. */
    public static RawHttp openNarrow(int port) throws IOException {
        return openNarrow(port, 4 * 1024);
    }

    /** A connection whose client has room for so many bytes that it does not read. */
    public static RawHttp openNarrow(int port, int room) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(room);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawHttp(socket);
    }

    /** One request on its own connection; a Host line and {@code Connection: close} are added to the lines. */
    public static Answer ask(int port, String requestLine, String... headers) throws IOException {
        try (RawHttp connection = open(port)) {
            connection.request(requestLine + " HTTP/1.1", withClose(headers));
            return documented(
                    requestLine, requestLine.startsWith("HEAD ") ? connection.answerToHead() : connection.answer());
        }
    }

    /** The answer itself; a request line that is none has no address at which the API's description could be looked up. */
    private static Answer documented(String requestLine, Answer answer) {
        String[] words = requestLine.split(" ", -1);
        if (words.length == 2) {
            OpenApiDocument.get().check(words[0], words[1].split("[?#]", 2)[0], answer);
        }
        return answer;
    }

    /** Sends request line, a Host line, the headers and the empty line. */
    public RawHttp request(String requestLine, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(requestLine).append("\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawHttp write(byte[] bytes) throws IOException {
        return write(bytes, 0, bytes.length);
    }

    public RawHttp write(byte[] bytes, int from, int count) throws IOException {
        socket.getOutputStream().write(bytes, from, count);
        socket.getOutputStream().flush();
        return this;
    }

    /** One chunk of a chunked body; an empty one ends the body. */
    public RawHttp chunk(byte[] bytes) throws IOException {
        write(Bytes.of(Integer.toHexString(bytes.length) + "\r\n"));
        return write(bytes).write(Bytes.of("\r\n"));
    }

    /** The next answer, be it 100 or final. */
    public Answer answer() throws IOException {
        return HttpParser.answer(in, true);
    }

    /** Whether something came that was not read; does not wait. */
    public boolean hasBytes() {
        try {
            return in.available() > 0;
        } catch (IOException reset) {
            return false;
        }
    }

    /** Reads so many bytes, or less when the server ends before. */
    public byte[] read(int most) throws IOException {
        return in.readNBytes(most);
    }

    public Answer answerToHead() throws IOException {
        return HttpParser.answer(in, false);
    }

    /** Ends our side: the server reads end of stream. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Waits so long for the next byte, as a client that has a time limit, and not longer. */
    public void awaitByte(Duration limit) throws IOException {
        socket.setSoTimeout((int) limit.toMillis());
        try {
            in.read();
        } catch (SocketTimeoutException stillNothing) {
            return;
        } finally {
            socket.setSoTimeout(READ_LIMIT_MILLIS);
        }
    }

    /** Leaves without a word: the server sees a reset. */
    public void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Whether the server has ended the connection; waits for it as long as the read time-out. */
    public boolean closedByServer() {
        try {
            return in.read() == -1;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static String[] withClose(String... headers) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Connection: close";
        return all;
    }
}
