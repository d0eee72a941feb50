package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.metadata.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * Whom a development token is for.
 *
 * @param user the {@code sub}; needed for role authenticated
 * @param lifetime at least a second, at most a century, which is all the gateway accepts
 * @param dataDirectory whose secret signs it
 */
record TokenRequest(@Nullable String user, Role role, Duration lifetime, Path dataDirectory) {

    static final String USAGE =
            "Usage: ./run token --user NAME [--role authenticated|service_role|anon] [--ttl 1h] [--data DIR]";

    private static final Set<String> OPTIONS = Set.of("--user", "--role", "--ttl", "--data");
    private static final Duration LONGEST = Duration.ofDays(36_500);

    TokenRequest {
        if (role == Role.AUTHENTICATED && (user == null || user.isBlank())) {
            throw new IllegalArgumentException("A token of role authenticated is for a user: name one with --user.");
        }
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "--ttl must be at least 1s and at most %dd.".formatted(LONGEST.toDays()));
        }
    }

    /** @throws IllegalArgumentException with a sentence for whom typed it */
    static TokenRequest parse(List<String> arguments) {
        Map<String, String> options = options(arguments);
        return new TokenRequest(
                options.get("--user"),
                role(options.getOrDefault("--role", "authenticated")),
                lifetime(options.getOrDefault("--ttl", "1h")),
                Path.of(options.getOrDefault("--data", "data")));
    }

    /** Accepts {@code --name value} and {@code --name=value}. */
    private static Map<String, String> options(List<String> arguments) {
        Map<String, String> options = new HashMap<>();
        for (int next = 0; next < arguments.size(); next++) {
            String[] option = arguments.get(next).split("=", 2);
            if (!OPTIONS.contains(option[0])) {
                throw new IllegalArgumentException("'%s' is no option of token.".formatted(option[0]));
            }
            if (option.length == 2) {
                options.put(option[0], option[1]);
            } else if (++next < arguments.size()) {
                options.put(option[0], arguments.get(next));
            } else {
                throw new IllegalArgumentException("%s needs a value.".formatted(option[0]));
            }
        }
        return options;
    }

    private static Role role(String name) {
        return Role.named(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' is no role: it is authenticated, service_role or anon.".formatted(name)));
    }

    private static Duration lifetime(String text) {
        try {
            return DurationStyle.SIMPLE.parse(text);
        } catch (IllegalArgumentException | ArithmeticException unreadable) {
            throw new IllegalArgumentException("'%s' is no time: write it like 90s, 30m, 1h or 7d.".formatted(text));
        }
    }
}
