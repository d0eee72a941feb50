package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;

/** What a reader of the report has to know beside the figures: also said at once, on standard error. */
final class Notes {

    private final List<String> all = new ArrayList<>();

    void add(String note) {
        System.err.println(note);
        all.add(note);
    }

    List<String> all() {
        return all.stream().distinct().toList();
    }
}
