package io.aerodb.storage.clients;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A request that is refused while its body is still on its way.
 *
 * @param expected status and code of the answer
 */
record Refusal(String name, String url, Map<String, String> headers, Framing framing, String expected) {

    /** How the end of the body is told. */
    enum Framing {
        LENGTH,
        CHUNKED,
        FORM
    }

    /** One of each kind, in buckets of a new user. */
    static List<Refusal> all(Gateway gateway) {
        String user = Names.user();
        String token = gateway.tokens().user(user);
        Api api = gateway.as(token);
        String bucket = api.newBucket("private");
        String limited = api.newLimitedBucket("\"max_file_size\": 100000");
        String images = api.newLimitedBucket("\"allowed_mime_types\": [\"image/*\"]");
        api.upload(bucket, "taken", new byte[1]).expect(201);
        String base = gateway.address() + "/storage/v1/object/";
        return List.of(
                of("401", base + bucket + "/new", gateway.tokens().expired(user), "401 Unauthorized"),
                of("403", base + bucket + "/new", gateway.tokens().user(Names.user()), "403 AccessDenied"),
                of("404", base + Names.bucket("none") + "/new", token, "404 NoSuchBucket"),
                of("409", base + bucket + "/taken", token, "409 KeyAlreadyExists", "x-upsert", "false"),
                of("412", base + bucket + "/taken", token, "412 PreconditionFailed", "If-None-Match", "*"),
                of("413", base + limited + "/new", token, "413 EntityTooLarge"),
                of("415", base + images + "/new", token, "415 InvalidMimeType", "Content-Type", "text/plain"),
                of("413 in the middle", base + limited + "/new", token, "413 EntityTooLarge")
                        .framed(Framing.CHUNKED),
                of("413 of a form", base + limited + "/new", token, "413 EntityTooLarge")
                        .framed(Framing.FORM));
    }

    private static Refusal of(String name, String url, String token, String expected, String... header) {
        Map<String, String> headers = new HashMap<>(Map.of("Authorization", "Bearer " + token));
        for (int i = 0; i < header.length; i += 2) {
            headers.put(header[i], header[i + 1]);
        }
        return new Refusal(name, url, headers, Framing.LENGTH, expected);
    }

    private Refusal framed(Framing other) {
        return new Refusal(name, url, headers, other, expected);
    }
}
