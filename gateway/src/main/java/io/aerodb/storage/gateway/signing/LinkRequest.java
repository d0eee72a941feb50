package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.compat.AbsentOptions;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.MimePatterns;
import io.aerodb.storage.gateway.http.QueryNumbers;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.wiring.SigningSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * How long and how often a link shall be good.
 *
 * @param seconds from now until it expires
 * @param maxUses null for as often as anybody likes
 */
record LinkRequest(long seconds, @Nullable Integer maxUses) {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final int MOST_MIME_CHARACTERS = 1024;
    private static final List<String> EXPIRY = List.of("expiresIn", "expires_in");

    /** @throws StorageError InvalidRequest; NotImplemented for a transformed image or a version */
    static LinkRequest ofDownload(ServerRequest request, JsonFields fields, SigningSettings settings) {
        AbsentOptions.refuseForLink(fields);
        return new LinkRequest(seconds(request, fields, settings, settings.defaultExpiry()), maxUses(fields));
    }

    /** One use, when the request does not say. @throws StorageError InvalidRequest */
    static LinkRequest ofUpload(ServerRequest request, JsonFields fields, SigningSettings settings) {
        Integer uses = maxUses(fields);
        return new LinkRequest(seconds(request, fields, settings, settings.uploadExpiry()), uses == null ? 1 : uses);
    }

    /** @throws StorageError InvalidRequest */
    static UploadTerms terms(JsonFields fields, boolean upsert) {
        OptionalLong size = fields.size("max_file_size");
        return new UploadTerms(
                upsert || fields.flag("upsert").orElse(false),
                size.isPresent() && size.getAsLong() > 0 ? size.getAsLong() : null,
                mimeTypes(fields),
                fields.text("sha256").map(LinkRequest::sha256).orElse(null));
    }

    /** They stand in the token, and that in an address. */
    private static List<String> mimeTypes(JsonFields fields) {
        List<String> patterns = MimePatterns.of(fields, "allowed_mime_types").orElse(List.of());
        if (patterns.stream().mapToInt(String::length).sum() > MOST_MIME_CHARACTERS) {
            throw refused(
                    "allowed_mime_types", "must have at most %d characters in all".formatted(MOST_MIME_CHARACTERS));
        }
        return patterns;
    }

    private static long seconds(ServerRequest request, JsonFields fields, SigningSettings settings, Duration absent) {
        long most = settings.maxExpiry().toSeconds();
        Stream<Long> inBody = EXPIRY.stream()
                .map(name -> fields.wholeNumberOrDigits(name, 1, most))
                .flatMap(number -> number.stream().boxed());
        Stream<Long> inQuery = EXPIRY.stream().flatMap(name -> QueryNumbers.within(request, name, 1, most).stream());
        return Stream.concat(inBody, inQuery).findFirst().orElse(absent.toSeconds());
    }

    private static @Nullable Integer maxUses(JsonFields fields) {
        OptionalLong uses = fields.wholeNumber("max_uses", 1, 1_000_000);
        return uses.isPresent() ? Integer.valueOf((int) uses.getAsLong()) : null;
    }

    private static String sha256(String text) {
        if (!SHA256.matcher(text).matches()) {
            throw refused("sha256", "must be 64 hexadecimal digits");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_REQUEST.because(field, reason);
    }
}
