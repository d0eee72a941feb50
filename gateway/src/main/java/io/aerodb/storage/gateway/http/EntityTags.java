package io.aerodb.storage.gateway.http;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Entity tags as a condition lists them (RFC 9110, 8.8.3).
 *
 * @param strong with their quotes
 * @param weak with their quotes, without {@code W/}
 */
record EntityTags(Set<String> strong, Set<String> weak) {

    private static final Pattern TAG = Pattern.compile("\\s*(W/)?(\"[\\x21\\x23-\\x7E\\x80-\\xFF]*\")\\s*(?:,|$)");

    /** Whether the header's values are {@code *}. */
    static boolean isAny(List<String> values) {
        return values.size() == 1 && values.get(0).trim().equals("*");
    }

    /** Empty when the header's values are no list of entity tags. */
    static Optional<EntityTags> of(List<String> values) {
        String list = String.join(",", values);
        EntityTags tags = new EntityTags(new LinkedHashSet<>(), new LinkedHashSet<>());
        Matcher tag = TAG.matcher(list);
        int end = 0;
        while (end < list.length() && tag.region(end, list.length()).lookingAt()) {
            (tag.group(1) == null ? tags.strong : tags.weak).add(tag.group(2));
            end = tag.end();
        }
        return end < list.length() || list.isBlank() ? Optional.empty() : Optional.of(tags);
    }

    /** The weak comparison (RFC 9110, 8.8.3.2). */
    boolean resemble(String etag) {
        return strong.contains(etag) || weak.contains(etag);
    }
}
