package io.aerodb.storage.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Decodes percent-encoding once (RFC 3986, 2.1) and UTF-8 strictly (RFC 3629): no overlong forms, no surrogates. */
final class PercentDecoding {

    private PercentDecoding() {}

    /** The decoded text; empty when an escape is malformed or the bytes are not UTF-8. {@code +} stays what it is. */
    static Optional<String> strict(String encoded) {
        byte[] bytes = encoded.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                bytes[length++] = bytes[i];
            } else if (isEscape(bytes, i)) {
                bytes[length++] = (byte) (hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]));
                i += 2;
            } else {
                return Optional.empty();
            }
        }
        return utf8(ByteBuffer.wrap(bytes, 0, length));
    }

    static Optional<String> utf8(ByteBuffer bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }

    private static boolean isEscape(byte[] bytes, int percent) {
        return percent + 2 < bytes.length && hex(bytes[percent + 1]) >= 0 && hex(bytes[percent + 2]) >= 0;
    }

    private static int hex(int character) {
        return Character.digit(character, 16);
    }
}
