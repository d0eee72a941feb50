package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The HS256 secret of a gateway that was given none: made once, kept in the file {@code jwt-secret} of the data directory.
 * A bean of this type is there exactly when it is to be used, never in production.
 */
public final class DevelopmentSecret {

    private final String text;

    private DevelopmentSecret(String text) {
        this.text = text;
    }

    /**
     * The secret of a data directory; both are created when they are not there.
     *
     * @throws StartRefused when the file can be read by others than its owner
     */
    public static DevelopmentSecret in(Path dataDirectory) {
        DataDirectory directory = new DataDirectory(dataDirectory).created();
        return new DevelopmentSecret(PrivateFile.secret(directory.jwtSecret()));
    }

    String text() {
        return text;
    }

    /**
     * The key for HMAC: the UTF-8 bytes of the file's text (43 characters of base64url), as if the text were configured
     * as {@code storage.auth.jwt-secret}. A fresh array for each caller.
     */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "DevelopmentSecret[hidden]";
    }
}
