package io.aerodb.storage.bench;

import java.io.IOException;

/**
 * Who runs, and by what name he is reported.
 *
 * @param name that of the role, unless two variants of the gateway are compared
 */
record Contestant(String name, Role role, Target target, Stock stock) implements AutoCloseable {

    Contestant(String name, Role role, Target target) {
        this(name, role, target, new Stock(target));
    }

    /** For the lines that only our gateway runs. */
    Server server() {
        return (Server) target;
    }

    Answer exchange(Request request) throws IOException {
        try (Client client = target.connect(Protocol.PLAIN)) {
            return client.exchange(request);
        }
    }

    String text(Request request) throws IOException {
        try (Client client = target.connect(Protocol.PLAIN)) {
            return client.text(request);
        }
    }

    @Override
    public void close() {
        target.close();
    }
}
