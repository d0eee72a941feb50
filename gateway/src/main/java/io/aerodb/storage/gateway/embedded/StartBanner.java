package io.aerodb.storage.gateway.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the terminal shows when the gateway is ready.
 *
 * @param address of the gateway, without a slash at its end
 * @param management address of the management port
 * @param dataDirectory absolute
 * @param embeddedDatabase whether the embedded PostgreSQL runs
 * @param token what a shell makes a token of: the token itself, or a command substitution; empty when the gateway's
 *     secret was configured
 * @param upload a file to try an upload with
 */
record StartBanner(
        String address, String management, Path dataDirectory, boolean embeddedDatabase, String token, Path upload) {

    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                "  AeroDB Storage is ready.",
                "",
                "    files       " + address,
                "    management  " + management + "/actuator/health",
                "    data        " + dataDirectory,
                ""));
        lines.addAll(warning());
        lines.addAll(token.isEmpty() ? List.of() : trial());
        return lines;
    }

    private List<String> warning() {
        List<String> generated = new ArrayList<>();
        if (embeddedDatabase) {
            generated.add("embedded PostgreSQL");
        }
        if (!token.isEmpty()) {
            generated.add("generated secret");
        }
        if (generated.isEmpty()) {
            return List.of();
        }
        return List.of(
                "  For this machine only: the " + String.join(" and the ", generated) + ".",
                "  Production sets storage.mode=production with a database and keys of its own.",
                "");
    }

    private List<String> trial() {
        return List.of(
                "  Try it, as user alice, for one hour:",
                "",
                "    TOKEN=" + token,
                curl("-H 'Content-Type: application/json' -d '{\"name\":\"photos\"}' " + address
                        + "/storage/v1/bucket"),
                curl("-H 'Content-Type: text/plain' --data-binary @" + quoted(upload) + " " + object()),
                curl(object()),
                "");
    }

    private static String curl(String rest) {
        return "    curl -H \"Authorization: Bearer $TOKEN\" " + rest;
    }

    private String object() {
        return address + "/storage/v1/object/photos/" + upload.getFileName();
    }

    /** One word for the shell, whatever is in it. */
    static String quoted(Path path) {
        String word = path.toString();
        return word.matches("[A-Za-z0-9_./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
