package io.aerodb.storage.access;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.StoredInS3;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a line of routes.txt is about: a bucket, an object in it and what belongs to them. Each is made when its name is first
 * met in a text, so that no more is made than is asked about.
 */
final class Subject {

    private static final Pattern NAME = Pattern.compile("\\{([a-z_]+)}");

    private final Gateway gateway;
    private final Api service;
    private final Api owner;
    private final String policy;
    private final boolean objectMissing;
    private final Map<String, String> made = new HashMap<>();
    private final Map<String, Supplier<String>> makers = Map.of(
            "bucket", this::bucket,
            "path", this::path,
            "folder", this::folder,
            "empty", this::bucket,
            "download", this::download,
            "upload", this::upload,
            "token_id", this::link,
            "backend", this::backend,
            "rest", () -> "anything");

    private Subject(Gateway gateway, String owner, String policy, boolean objectMissing) {
        this.gateway = gateway;
        this.service = gateway.asService();
        this.owner = gateway.asUser(owner);
        this.policy = policy;
        this.objectMissing = objectMissing;
    }

    /** @param namesObject whether what is asked names an object, and not only a bucket */
    static Subject named(String object, boolean namesObject, Gateway gateway, Caller.Cast cast) {
        return switch (object) {
            case "own", "-" -> new Subject(gateway, cast.a(), "private", false);
            case "other's" -> new Subject(gateway, cast.b(), "private", false);
            case "public" -> new Subject(gateway, cast.b(), "public", false);
            case "missing" -> new Subject(gateway, cast.a(), namesObject ? "private" : "", true);
            default -> throw new IllegalArgumentException(object);
        };
    }

    /** The text with all names replaced. What is missing is taken away after everything that belongs to it was made. */
    String filledIn(String text) {
        NAME.matcher(text).results().forEach(name -> value(name.group(1)));
        if (objectMissing && made.containsKey("path") && !made.containsKey("removed")) {
            owner.remove(value("bucket"), value("path")).expect(204);
            made.put("removed", "");
        }
        return NAME.matcher(text).replaceAll(name -> Matcher.quoteReplacement(value(name.group(1))));
    }

    private String value(String name) {
        if (name.equals("fresh")) {
            return Names.bucket("fresh");
        }
        String known = made.get(name);
        return known == null ? remembered(name, makers.get(name).get()) : known;
    }

    private String remembered(String name, String value) {
        made.put(name, value);
        return value;
    }

    private String backend() {
        return gateway.stored() instanceof StoredInS3 ? "s3" : "local";
    }

    private String bucket() {
        return policy.isEmpty() ? Names.bucket("none") : owner.newBucket(policy);
    }

    private String path() {
        owner.upload(value("bucket"), "folder/file", Bytes.of("content")).expect(201);
        return "folder/file";
    }

    private String folder() {
        return value("path").split("/", 2)[0];
    }

    private String download() {
        String url = service.sign(value("bucket"), value("path")).expect(200).field("signedURL");
        return url.substring(url.indexOf('=') + 1);
    }

    private String upload() {
        Map<String, Object> terms = Map.of("upsert", true, "max_uses", 100);
        return service.send("POST", "/object/upload/sign/" + value("bucket") + "/" + value("path"), terms)
                .expect(200)
                .field("token");
    }

    private String link() {
        return owner.sign(value("bucket"), value("path")).expect(200).field("token_id");
    }
}
