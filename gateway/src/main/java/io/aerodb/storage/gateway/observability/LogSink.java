package io.aerodb.storage.gateway.observability;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** Where lines go. One thread at a time writes. */
interface LogSink {

    /** Writes all of the bytes, which end in whole lines, or nothing of them; may block. */
    void write(byte[] lines, int length) throws IOException;

    /** Whether it makes sense to try once more what failed. */
    boolean mends();

    void close() throws IOException;

    /** The process' own; lines of several queues do not mix. */
    static LogSink standardOutput() {
        return StandardOutput.INSTANCE;
    }

    /** Descriptor 1, past System.out, which keeps failures to itself. */
    final class StandardOutput implements LogSink {

        private static final StandardOutput INSTANCE = new StandardOutput();

        private final FileOutputStream output = new FileOutputStream(FileDescriptor.out);

        @Override
        public synchronized void write(byte[] lines, int length) throws IOException {
            output.write(lines, 0, length);
        }

        /** A pipe without a reader stays one. */
        @Override
        public boolean mends() {
            return false;
        }

        @Override
        public void close() {
            // the process' own
        }
    }
}
