package io.aerodb.storage.backend.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A forward proxy that lets through whoever knows user and password, by CONNECT of RFC 9110. */
final class ConnectProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final String credentials;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> tunnels = new CopyOnWriteArrayList<>();

    ConnectProxy(String user, String password) throws IOException {
        this.listener = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        this.credentials = Base64.getEncoder().encodeToString(pair);
        threads.execute(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Targets of all tunnels that were opened, as host and port. */
    List<String> tunnels() {
        return tunnels;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdown();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                threads.execute(() -> serve(client));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            OutputStream answer = client.getOutputStream();
            if (!head.contains("Basic " + credentials)) {
                answer.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            String target = head.split(" ")[1];
            tunnels.add(target);
            answer.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            tunnel(client, target);
        } catch (IOException broken) {
            // one of the two has gone
        } finally {
            sockets.remove(client);
        }
    }

    private void tunnel(Socket client, String target) throws IOException {
        int colon = target.lastIndexOf(':');
        try (Socket server = new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)))) {
            sockets.add(server);
            threads.execute(() -> copy(server, client));
            client.getInputStream().transferTo(server.getOutputStream());
            server.shutdownOutput();
        }
    }

    private static void copy(Socket from, Socket to) {
        try (to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException broken) {
            // one of the two has gone
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("no request");
            }
            head.append((char) octet);
        }
        return head.toString();
    }
}
