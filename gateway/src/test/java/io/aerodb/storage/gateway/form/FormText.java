package io.aerodb.storage.gateway.form;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A form as it goes over the wire, with the boundary {@value #BOUNDARY}. */
final class FormText {

    static final String BOUNDARY = "bound-ary";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    FormText text(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    FormText field(String name, String value) {
        return part("form-data; name=\"%s\"".formatted(name), value.getBytes(StandardCharsets.UTF_8));
    }

    FormText file(byte[] content, String... headers) {
        return part("form-data; name=\"\"; filename=\"blob\"", content, headers);
    }

    FormText part(String disposition, byte[] content, String... headers) {
        text("--" + BOUNDARY + "\r\nContent-Disposition: " + disposition + "\r\n");
        for (String header : headers) {
            text(header + "\r\n");
        }
        text("\r\n");
        bytes.writeBytes(content);
        return text("\r\n");
    }

    byte[] end() {
        return text("--" + BOUNDARY + "--\r\n").bytes();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
