package io.aerodb.storage.backend.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** First line and header fields of one HTTP/1.1 message, as they were sent. */
public record HttpHead(String first, List<String> fields) {

    /** Reads up to the empty line; empty when the other side ended the connection before. */
    static Optional<HttpHead> read(InputStream in) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        List<String> fields = new ArrayList<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            fields.add(field);
        }
        return Optional.of(new HttpHead(first, fields));
    }

    /** A line without its end; empty too when there is none. */
    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                return line.size() == 0 ? "" : fail();
            }
            line.write(read);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    private static String fail() throws EOFException {
        throw new EOFException("a line without end");
    }

    String method() {
        return first.split(" ", 3)[0];
    }

    String target() {
        return first.split(" ", 3)[1];
    }

    int status() {
        return Integer.parseInt(first.split(" ", 3)[1]);
    }

    Optional<String> field(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return fields.stream()
                .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(start))
                .map(field -> field.substring(start.length()).strip())
                .findFirst();
    }

    HttpHead without(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return new HttpHead(
                first,
                fields.stream()
                        .filter(field -> !field.toLowerCase(Locale.ROOT).startsWith(start))
                        .toList());
    }

    boolean chunked() {
        return field("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent();
    }

    long contentLength() {
        return field("content-length").map(Long::parseLong).orElse(0L);
    }

    void write(OutputStream out) throws IOException {
        out.write((first + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n").getBytes(ISO_8859_1));
        out.flush();
    }
}
