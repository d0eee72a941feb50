package io.aerodb.storage.gateway.embedded;

import org.springframework.core.env.Environment;

/** Whether the conveniences of this package are allowed, asked before the settings are bound. */
final class Development {

    private Development() {}

    static boolean in(Environment environment) {
        return environment.getProperty("storage.mode", "development").equalsIgnoreCase("development");
    }
}
