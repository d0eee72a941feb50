package io.aerodb.storage.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * Another server, started by somebody else: objects are put and got below an address. Its processor time is not known.
 *
 * @param headers lines that end with CRLF
 */
record Peer(URI address, String headers) implements Target {

    Peer {
        if (!"http".equals(address.getScheme()) || address.getHost() == null) {
            throw new Options.Misused("--peer takes an address that begins with http://");
        }
    }

    @Override
    public Processes processes() {
        return Processes.UNKNOWN;
    }

    @Override
    public Client connect(Protocol protocol) throws IOException {
        return Connection.open(
                new InetSocketAddress(address.getHost(), address.getPort() < 0 ? 80 : address.getPort()));
    }

    @Override
    public Request request(String method, String bucket, String path) {
        String base = address.getRawPath().replaceFirst("/$", "");
        return new Request(method, base + "/" + bucket + "/" + path, headers);
    }

    @Override
    public void createBucket(String name, boolean open) {
        // part of the object's name
    }

    @Override
    public void drop(String bucket, long count) throws IOException {
        try (Client client = connect(Protocol.PLAIN)) {
            for (long number = 0; number < count; number++) {
                client.exchange(request("DELETE", bucket, "folder/" + number));
            }
        }
    }

    @Override
    public void close() {
        // not ours
    }
}
