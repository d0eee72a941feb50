package io.aerodb.storage.bench;

/** A bar, and what was reached. */
record Verdict(Line line, String contestant, Bar bar, Spread figure) {

    String met() {
        return figure.known() ? bar.met(figure.median()) ? "met" : "not met" : "not measured";
    }
}
