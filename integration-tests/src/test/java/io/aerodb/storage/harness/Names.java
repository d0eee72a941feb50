package io.aerodb.storage.harness;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;

/** Names that no other test uses, so that tests may run in any order on one gateway. */
public final class Names {

    private Names() {}

    public static String bucket(String hint) {
        return hint + "-" + UUID.randomUUID().toString().substring(0, 13);
    }

    /** A user id of its own, in the shape that Supabase's have. */
    public static String user() {
        return UUID.randomUUID().toString();
    }

    /** Percent-encoded, slashes kept. */
    public static String encoded(String path) {
        return Arrays.stream(path.split("/", -1)).map(Names::segment).collect(Collectors.joining("/"));
    }

    private static String segment(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
