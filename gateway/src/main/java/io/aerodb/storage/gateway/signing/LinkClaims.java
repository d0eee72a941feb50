package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.http.JsonObjects;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A {@link Link} as the JSON of its token, and back. Only claims that we signed are read, so they are as we wrote them. */
final class LinkClaims {

    private static final String DOWNLOAD = "download";
    private static final String UPLOAD = "upload";

    private LinkClaims() {}

    static String json(Link link) {
        ObjectNode claims = JsonNodeFactory.instance
                .objectNode()
                .put("url", link.bucket() + "/" + link.path())
                .put("bid", link.bucketId())
                .put("bucket_created", ChronoUnit.MICROS.between(Instant.EPOCH, link.bucketCreatedAt()))
                .put("scope", link.terms() == null ? DOWNLOAD : UPLOAD)
                .put("iat", link.issuedAt().getEpochSecond())
                .put("exp", link.expiresAt().getEpochSecond())
                .put("jti", link.id().toString())
                .put("owner", link.owner())
                .put("role", link.role());
        if (link.maxUses() != null) {
            claims.put("max_uses", link.maxUses());
        }
        if (link.terms() != null) {
            write(link.terms(), claims);
        }
        return JsonObjects.text(claims);
    }

    static Link parse(byte[] json) throws JsonObjects.NotAnObject {
        ObjectNode claims = JsonObjects.parse(json);
        String[] address = claims.required("url").stringValue().split("/", 2);
        return new Link(
                UUID.fromString(claims.required("jti").stringValue()),
                address[0],
                claims.required("bid").stringValue(),
                Instant.EPOCH.plus(claims.required("bucket_created").longValue(), ChronoUnit.MICROS),
                address[1],
                Instant.ofEpochSecond(claims.required("iat").longValue()),
                Instant.ofEpochSecond(claims.required("exp").longValue()),
                claims.path("owner").stringValue(null),
                claims.required("role").stringValue(),
                claims.has("max_uses") ? Integer.valueOf(claims.get("max_uses").intValue()) : null,
                claims.required("scope").stringValue().equals(UPLOAD) ? terms(claims) : null);
    }

    private static void write(UploadTerms terms, ObjectNode claims) {
        claims.put("upsert", terms.upsert());
        if (terms.maxSize() != null) {
            claims.put("max_size", terms.maxSize());
        }
        if (!terms.mimeTypes().isEmpty()) {
            terms.mimeTypes().forEach(claims.putArray("mime_types")::add);
        }
        if (terms.sha256() != null) {
            claims.put("sha256", terms.sha256());
        }
    }

    private static UploadTerms terms(ObjectNode claims) {
        return new UploadTerms(
                claims.path("upsert").booleanValue(),
                claims.has("max_size") ? Long.valueOf(claims.get("max_size").longValue()) : null,
                texts(claims.get("mime_types")),
                claims.path("sha256").stringValue(null));
    }

    private static List<String> texts(@Nullable JsonNode array) {
        return array == null
                ? List.of()
                : StreamSupport.stream(array.spliterator(), false)
                        .map(JsonNode::stringValue)
                        .toList();
    }
}
