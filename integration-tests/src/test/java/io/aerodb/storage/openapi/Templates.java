package io.aerodb.storage.openapi;

import java.util.Comparator;
import java.util.regex.Pattern;

/** The addresses of OpenAPI, like {@code /object/{bucket}/{path}}. */
final class Templates {

    /** Words come before parameters, as in the gateway's routes: the one that is more concrete further left. */
    static final Comparator<String> MOST_CONCRETE_FIRST =
            Comparator.comparing((String template) -> template.replaceAll("\\{[^}]*}", "\uFFFF"));

    private Templates() {}

    /** {@code {path}} and {@code {rest}} are all that follows, also nothing; others are one segment. */
    static Pattern pattern(String template) {
        return Pattern.compile(template.replaceAll("/\\{(path|rest)}", "(/.*)?").replaceAll("\\{[^}]*}", "[^/]+"));
    }
}
