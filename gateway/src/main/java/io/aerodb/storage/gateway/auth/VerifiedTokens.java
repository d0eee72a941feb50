package io.aerodb.storage.gateway.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;

/**
 * Remembers for a minute whose the tokens were, by their SHA-256: the tokens themselves are not kept. What was verified
 * with other keys is forgotten. Tokens that were refused are not remembered.
 */
final class VerifiedTokens {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Cache<ByteBuffer, Entry> entries;

    private record Entry(KeySet keys, Identity identity) {}

    /** @param most how many tokens; 0 for none */
    VerifiedTokens(int most) {
        this.entries = Caffeine.newBuilder()
                .maximumSize(most)
                .expireAfterWrite(LONGEST)
                .executor(Runnable::run)
                .build();
    }

    Optional<Identity> find(String token, KeySet keys) {
        return Optional.ofNullable(entries.getIfPresent(hash(token)))
                .filter(entry -> entry.keys() == keys)
                .map(Entry::identity);
    }

    void add(String token, KeySet keys, Identity identity) {
        entries.put(hash(token), new Entry(keys, identity));
    }

    private static ByteBuffer hash(String token) {
        try {
            byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
