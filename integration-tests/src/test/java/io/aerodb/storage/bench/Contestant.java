package io.aerodb.storage.bench;

/** A variant that runs, and its client. */
record Contestant(Variant variant, Server server, ClosedLoop client) implements AutoCloseable {

    static Contestant start(Variant variant, Options options) throws Exception {
        Server server = Server.start(variant, options.output);
        try {
            ClosedLoop client = new ClosedLoop(server);
            client.prepare(options.lines());
            return new Contestant(variant, server, client);
        } catch (Throwable failure) {
            server.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
