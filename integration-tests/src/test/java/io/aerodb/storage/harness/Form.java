package io.aerodb.storage.harness;

import java.io.ByteArrayOutputStream;

/** A {@code multipart/form-data} body, put together byte by byte; nothing is checked. */
public final class Form {

    private static final String BOUNDARY = "----test-boundary-7MA4YWxkTrZu0gW";

    /** What a client names as the Content-Type of the request. */
    public static final String TYPE = "multipart/form-data; boundary=" + BOUNDARY;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public Form field(String name, String value) {
        return part("form-data; name=\"" + name + "\"", Bytes.of(value));
    }

    /** A file as Supabase's JavaScript client sends it: the name of its part is empty. */
    public Form file(byte[] content, String... headers) {
        return part("form-data; name=\"\"; filename=\"blob\"", content, headers);
    }

    public Form part(String disposition, byte[] content, String... headers) {
        return head(disposition, headers).raw(content).raw(Bytes.of("\r\n"));
    }

    /** The beginning of a part: everything before its content. */
    public Form head(String disposition, String... headers) {
        raw(Bytes.of("--" + BOUNDARY + "\r\nContent-Disposition: " + disposition + "\r\n"));
        for (String header : headers) {
            raw(Bytes.of(header + "\r\n"));
        }
        return raw(Bytes.of("\r\n"));
    }

    public Form raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    /** All of it with the last boundary. */
    public byte[] end() {
        return raw(Bytes.of("--" + BOUNDARY + "--\r\n")).soFar();
    }

    public byte[] soFar() {
        return bytes.toByteArray();
    }
}
