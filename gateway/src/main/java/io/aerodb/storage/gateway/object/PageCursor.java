package io.aerodb.storage.gateway.object;

import io.aerodb.storage.metadata.ListingQuery;
import io.aerodb.storage.metadata.ListingQuery.Position;
import io.aerodb.storage.metadata.RlsContext;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where the next page of a listing begins, as a text that clients hand back unread. It holds for the listing it came from
 * and no other: caller, bucket, prefix, sorting and delimiter are sealed in by an HMAC, keyed by what only this installation
 * knows.
 */
final class PageCursor {

    private static final int SEAL_BYTES = 12;
    private static final String SEPARATOR = "\n";

    private final SecretKeySpec key;

    PageCursor(UUID installation) {
        this.key = new SecretKeySpec(("cursor:" + installation).getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    String of(RlsContext caller, String bucket, ListingQuery query, Position last) {
        byte[] position = String.join(
                        SEPARATOR,
                        last.folder() ? "f" : "o",
                        last.time() == null ? "" : last.time().toString(),
                        last.name())
                .getBytes(StandardCharsets.UTF_8);
        byte[] sealed = Arrays.copyOf(seal(caller, bucket, query, position), SEAL_BYTES + position.length);
        System.arraycopy(position, 0, sealed, SEAL_BYTES, position.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    }

    /** @throws io.aerodb.storage.gateway.http.StorageError InvalidRequest for a cursor that is not one of this listing */
    Position parse(RlsContext caller, String bucket, ListingQuery query, String cursor) {
        byte[] sealed = decoded(cursor);
        if (sealed.length <= SEAL_BYTES) {
            throw foreign();
        }
        byte[] position = Arrays.copyOfRange(sealed, SEAL_BYTES, sealed.length);
        if (!MessageDigest.isEqual(Arrays.copyOf(sealed, SEAL_BYTES), seal(caller, bucket, query, position))) {
            throw foreign();
        }
        String[] parts = new String(position, StandardCharsets.UTF_8).split(SEPARATOR, 3);
        return new Position(parts[0].equals("f"), parts[2], parts[1].isEmpty() ? null : Instant.parse(parts[1]));
    }

    private byte[] seal(RlsContext caller, String bucket, ListingQuery query, byte[] position) {
        String listing = String.join(
                SEPARATOR,
                bucket,
                query.prefix(),
                query.sort().column(),
                Boolean.toString(query.descending()),
                Boolean.toString(query.delimited()),
                caller.role().databaseName(),
                String.valueOf(caller.userId())); // last, for it may have separators in it
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            mac.update(listing.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return Arrays.copyOf(mac.doFinal(position), SEAL_BYTES);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] decoded(String cursor) {
        try {
            return Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException notBase64) {
            throw foreign();
        }
    }

    private static RuntimeException foreign() {
        return Named.refused("cursor", "must be one that this listing gave");
    }
}
