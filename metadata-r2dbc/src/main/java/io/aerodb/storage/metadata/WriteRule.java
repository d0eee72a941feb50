package io.aerodb.storage.metadata;

import java.util.Locale;
import java.util.Set;

/**
 * Under which condition a write takes place; decided by the database at begin and again at commit.
 *
 * @param etags entity tags, quotes included; only for {@link Kind#MATCH}
 */
public record WriteRule(Kind kind, Set<String> etags) {

    public static final WriteRule OVERWRITE = new WriteRule(Kind.OVERWRITE, Set.of());
    public static final WriteRule CREATE = new WriteRule(Kind.CREATE, Set.of());
    public static final WriteRule EXISTS = new WriteRule(Kind.EXISTS, Set.of());

    public WriteRule {
        etags = Set.copyOf(etags);
    }

    /** The current entity tag must be one of these. */
    public static WriteRule match(Set<String> etags) {
        return new WriteRule(Kind.MATCH, etags);
    }

    /** What must hold before the write. */
    public enum Kind {
        /** Nothing. */
        OVERWRITE,
        /** There is no such object. */
        CREATE,
        /** The object is there in one of the versions named. */
        MATCH,
        /** The object is there. */
        EXISTS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String[] etagArray() {
        return etags.toArray(String[]::new);
    }
}
