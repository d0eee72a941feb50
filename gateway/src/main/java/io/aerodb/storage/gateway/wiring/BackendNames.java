package io.aerodb.storage.gateway.wiring;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the backends of the settings are called: the database remembers by these names where a blob lies. */
final class BackendNames {

    /** The directory of {@code storage.local}. */
    static final String LOCAL = "local";

    private static final Pattern SHAPE = Pattern.compile("[a-z0-9-]{1,63}");

    private BackendNames() {}

    /** What stands before the names of a backend's settings. */
    static String setting(String name) {
        return name.equals(LOCAL) ? "storage.local" : "storage.backends." + name;
    }

    /** Of those that are enabled. */
    static SortedSet<String> all(LocalBackendSettings local, Map<String, BackendSettings> others) {
        SortedSet<String> names = new TreeSet<>();
        if (local.enabled()) {
            names.add(LOCAL);
        }
        others.forEach((name, backend) -> {
            checkName(name);
            if (backend.enabled()) {
                names.add(name);
            }
        });
        return names;
    }

    /** The one of these that takes what names none. */
    static String standard(SortedSet<String> names, @Nullable String chosen) {
        if (chosen != null && names.contains(chosen)) {
            return chosen;
        }
        if (names.isEmpty()) {
            throw new StartRefused("There is no backend: set storage.local.enabled to true, or storage.backends.");
        }
        if (chosen == null && (names.contains(LOCAL) || names.size() == 1)) {
            return names.contains(LOCAL) ? LOCAL : names.first();
        }
        throw new StartRefused("storage.default-backend is %s: set it to %s."
                .formatted(chosen == null ? "not set" : chosen, String.join(" or ", names)));
    }

    private static void checkName(String name) {
        if (!SHAPE.matcher(name).matches()) {
            throw new StartRefused("storage.backends.%s: give the backend a name of 1 to 63 characters a-z, 0-9 and -."
                    .formatted(name));
        }
        if (name.equals(LOCAL)) {
            throw new StartRefused("storage.backends.local: that is the name of storage.local,"
                    + " give the backend another one or set storage.local.");
        }
    }
}
