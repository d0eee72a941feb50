package io.aerodb.storage.gateway.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port of 127.0.0.1 nobody listens on, below those the kernel gives to outgoing connections (32768 and up). */
final class FreePort {

    private static final int LOWEST = 20_000;
    private static final int ABOVE = 32_768;

    private FreePort() {}

    static int pick() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, ABOVE);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IOException("no free port between %d and %d".formatted(LOWEST, ABOVE));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(ServerProcess.HOST))) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
