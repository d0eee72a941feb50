package io.aerodb.storage.gateway.auth;

import java.io.Serial;

/** The gateway was given no keys to verify tokens with, or bad ones: it refuses to start. */
public final class UnusableKeys extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param description what is wrong, without the key
     * @param action what the operator can do
     */
    public UnusableKeys(String description, String action) {
        super(description);
        this.action = action;
    }

    String action() {
        return action;
    }
}
