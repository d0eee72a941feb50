package io.aerodb.storage.harness;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What must hold of a database and its bytes whenever nobody writes and the clean-up has run. */
public record Integrity(Gateway gateway, Database database, List<Stored> backends) {

    /** With one backend. */
    public Integrity(Gateway gateway, Database database) {
        this(gateway, database, List.of(gateway.stored()));
    }

    /** Everything that does not hold; empty when all is well. */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        rowsWithoutTheirBytes(violations);
        Set<String> known = keys("WHERE state = 'live'");
        Set<String> files = new TreeSet<>(all(stored -> stored.blobs("")));
        files.stream()
                .filter(file -> known.stream().noneMatch(file::endsWith))
                .forEach(file -> violations.add("orphan bytes: " + file));
        all(Stored::unfinished).forEach(file -> violations.add("staged: " + file));
        unfinishedEntries(violations);
        return violations;
    }

    /** Each object can be read, and is what was stored. */
    private void rowsWithoutTheirBytes(List<String> violations) {
        for (Map<String, Object> row : database.rows("""
                SELECT b.name AS bucket, o.name, o.checksum, o.blob_key FROM storage.objects o
                JOIN storage.buckets b ON b.id = o.bucket_id""")) {
            String found = checksum((String) row.get("bucket"), (String) row.get("name"));
            if (!found.equals(row.get("checksum"))) {
                violations.add("row without its bytes: %s is %s".formatted(row, found));
            }
        }
    }

    private String checksum(String bucket, String path) {
        try {
            Answer answer = gateway.asService().download(bucket, path);
            return answer.status() == 200 ? Bytes.sha256(answer.body()) : Integer.toString(answer.status());
        } catch (UncheckedIOException broken) {
            return "broken off";
        }
    }

    private void unfinishedEntries(List<String> violations) {
        database.rows("SELECT key, state FROM storage.blobs WHERE state <> 'live'")
                .forEach(row -> violations.add("ledger: " + row));
        database.rows("""
                SELECT key FROM storage.blobs b
                WHERE NOT EXISTS (SELECT FROM storage.objects o WHERE o.blob_key = b.key)""").forEach(row -> violations.add("nobody refers to " + row));
    }

    private List<String> all(Function<Stored, List<String>> files) {
        return backends.stream().map(files).flatMap(List::stream).toList();
    }

    private Set<String> keys(String condition) {
        Set<String> keys = new HashSet<>();
        database.rows("SELECT key FROM storage.blobs " + condition).forEach(row -> keys.add((String) row.get("key")));
        return keys;
    }
}
