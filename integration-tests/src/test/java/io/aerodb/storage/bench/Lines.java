package io.aerodb.storage.bench;

import static io.aerodb.storage.bench.Group.CONNECTIONS;
import static io.aerodb.storage.bench.Group.LARGE;
import static io.aerodb.storage.bench.Group.METADATA;
import static io.aerodb.storage.bench.Group.SMALL;
import static io.aerodb.storage.bench.Group.START;
import static io.aerodb.storage.bench.Line.GIB;
import static io.aerodb.storage.bench.Line.KIB;
import static io.aerodb.storage.bench.Line.MIB;
import static io.aerodb.storage.bench.Role.DURABLE;
import static io.aerodb.storage.bench.Role.NGINX;
import static io.aerodb.storage.bench.Role.RELAXED;
import static io.aerodb.storage.bench.Role.S3PROXY;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** All lines, in the order in which they run, with the bars that they have to reach. */
final class Lines {

    private final List<Line> all = new ArrayList<>();

    static List<Line> all() {
        Lines lines = new Lines();
        lines.small();
        lines.large();
        lines.metadata();
        lines.connections();
        lines.start();
        return lines.all;
    }

    private void small() {
        add(put().size(KIB).connections(1));
        add(put().size(KIB).connections(16).quick())
                .bar(Bar.atLeast(DURABLE, Metric.REQUESTS, 1000))
                .bar(Bar.times(DURABLE, 0.4, S3PROXY));
        add(put().size(KIB).connections(64).quick())
                .bar(Bar.atLeast(DURABLE, Metric.REQUESTS, 1500))
                .bar(Bar.times(DURABLE, 0.4, S3PROXY));
        add(put().size(KIB).connections(512));
        List.of(1, 16, 64, 512).forEach(each -> add(put().size(64 * KIB).connections(each)));
        add(get().size(KIB).connections(1));
        add(get().size(KIB).connections(16).quick()).bar(Bar.times(DURABLE, 0.15, NGINX));
        List.of(64, 512).forEach(each -> add(get().size(KIB).connections(each)));
        List.of(1, 16, 64, 512).forEach(each -> add(get().size(64 * KIB).connections(each)));
        add(read("GET public", Downloads::open).size(KIB).connections(1));
        add(read("GET public", Downloads::open).size(KIB).connections(16).quick())
                .bar(Bar.times(DURABLE, 0.18, NGINX));
        List.of(64, 512)
                .forEach(each ->
                        add(read("GET public", Downloads::open).size(KIB).connections(each)));
        add(Line.load("GET signed", SMALL, Downloads::signed).size(KIB).connections(16));
        add(read("HEAD", Downloads::heads).size(KIB).carrying(0).connections(16));
        add(read("GET unchanged (304)", Downloads::unchanged)
                .size(KIB)
                .carrying(0)
                .connections(16));
        add(read("GET 1 KiB range of", Downloads::ranges)
                .size(64 * KIB)
                .carrying(KIB)
                .connections(16));
        add(Line.load("POST form", SMALL, Uploads::form)
                .of(Role.OURS_RELAXED)
                .size(64 * KIB)
                .connections(16));
        add(put().size(KIB).perSecond(200).quick());
        add(get().size(KIB).perSecond(500).quick());
        add(read("GET public", Downloads::open).size(KIB).perSecond(1000));
    }

    private void large() {
        List.of(1, 16).forEach(each -> add(put(LARGE).size(4 * MIB).connections(each)));
        List.of(1, 16).forEach(each -> add(get(LARGE).size(4 * MIB).connections(each)));
        add(put(LARGE).size(GIB).connections(1).quick())
                .bar(Bar.times(RELAXED, 1.2, NGINX))
                .bar(Bar.times(RELAXED, 2, S3PROXY))
                .bar(Bar.times(DURABLE, 0.95, NGINX))
                .bar(Bar.times(DURABLE, 1.6, S3PROXY))
                .bar(Bar.atMost(DURABLE, Metric.SERVER_PER_GIB, 1.8));
        add(put(LARGE).size(GIB).connections(4));
        add(get(LARGE).size(GIB).connections(1).quick())
                .bar(Bar.times(DURABLE, 1, NGINX))
                .bar(Bar.times(DURABLE, 1.2, S3PROXY))
                .bar(Bar.atMost(DURABLE, Metric.SERVER_PER_GIB, 0.25));
        add(get(LARGE).size(GIB).connections(4));
        for (Protocol protocol : List.of(Protocol.TLS, Protocol.HTTP2)) {
            add(put(LARGE).of(Role.OVER_TLS).size(GIB).by(protocol).connections(1));
            add(get(LARGE).of(Role.OVER_TLS).size(GIB).by(protocol).connections(1));
        }
    }

    private void metadata() {
        list("LIST by name", Rows.OWNER, Lines::byName, 30);
        list("LIST by name, 2 % visible", Rows.SOMEBODY, Lines::byName, 30);
        list("LIST by time", Rows.OWNER, Lines::byTime, 30);
        list("LIST by time, 2 % visible", Rows.SOMEBODY, Lines::byTime, 30);
        list("LIST folders", Rows.OWNER, Lines::folders, 60);
        list("LIST folders, 2 % visible", Rows.SOMEBODY, Lines::folders, 60);
        add(own("LIST by name", Metadata.list(Rows.OWNER, Lines::byName)).connections(16));
        add(own("LIST by name", Metadata.list(Rows.OWNER, Lines::byName)).perSecond(20));
        add(own("MOVE of 1 GiB", Metadata::move).connections(1).quick()).bar(Bar.atMost(DURABLE, Metric.P50, 5));
        add(own("COPY of 1 GiB", Metadata::copy).connections(1).quick());
        add(own("RENAME folder of 100 000", Metadata::rename).connections(1).quick())
                .bar(Bar.atMost(DURABLE, Metric.P50, 2000));
        add(own("DELETE", Deletions::new).connections(16));
        add(own("SIGN", Metadata::sign).connections(16));
        add(own("SIGN 1000 at once", Metadata::signMany).connections(1));
        add(own("CREATE bucket", Metadata::createBucket).connections(16));
    }

    private void list(String name, String user, LongFunction<String> pages, double bar) {
        add(own(name, Metadata.list(user, pages)).connections(1).quick()).bar(Bar.atMost(DURABLE, Metric.P99, bar));
    }

    private void connections() {
        String alone = add(Line.load("PUT alone", CONNECTIONS, Uploads::plain)
                        .size(KIB)
                        .perSecond(100)
                        .quick())
                .name();
        add(Line.load("PUT beside 500 slow ones", CONNECTIONS, SlowUploads::beside)
                        .size(KIB)
                        .perSecond(100)
                        .quick())
                .bar(Bar.atMostTimes(DURABLE, Metric.P99, 2, alone))
                .bar(Bar.atMost(DURABLE, Metric.KIB_EACH, 128));
    }

    private void start() {
        String plain =
                add(new Line("START of the jar", START, Starts::plain).quick()).name();
        add(new Line("START with a cache of classes", START, Starts::cached).quick())
                .bar(Bar.atMostTimes(DURABLE, Metric.P50, 0.45, plain));
    }

    /** Pages all over the bucket. */
    private static String byName(long number) {
        return "{\"prefix\": \"folder-%d\", \"limit\": 1000}".formatted(1 + number % 9);
    }

    private static String byTime(long number) {
        return "{\"sortBy\": {\"column\": \"created_at\", \"order\": \"%s\"}, \"limit\": 1000}"
                .formatted(number % 2 == 0 ? "desc" : "asc");
    }

    /** Of the whole bucket and, in turn, of a folder: 100 entries each. */
    private static String folders(long number) {
        return "{\"prefix\": \"%s\", \"with_delimiter\": true, \"limit\": 1000}"
                .formatted(number % 2 == 0 ? "" : "folder-" + number % 100 + "/");
    }

    private Line add(Line line) {
        all.add(line);
        return line;
    }

    private static Line put() {
        return put(SMALL);
    }

    private static Line put(Group group) {
        return Line.load("PUT", group, Uploads::plain).of(Role.UPLOADS);
    }

    private static Line get() {
        return get(SMALL);
    }

    private static Line get(Group group) {
        return Line.load("GET", group, Downloads::authorized).of(Role.DOWNLOADS);
    }

    private static Line own(String name, Work.Maker work) {
        return Line.load(name, METADATA, work);
    }

    private static Line read(String name, Work.Maker work) {
        return Line.load(name, SMALL, work).of(Role.DOWNLOADS);
    }
}
