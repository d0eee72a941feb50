package io.aerodb.storage.bench;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What is reported of a round. MB is 10⁶ bytes, KiB, MiB and GiB are powers of two; CPU is in seconds of one processor; of the
 * server without its PostgreSQL. NaN where it is not known.
 */
enum Metric {
    REQUESTS("requests/s", round -> round.requests() / round.seconds()),
    MEGABYTES("MB/s", round -> round.bytes() / 1e6 / round.seconds()),
    P50("p50 ms", round -> round.latency().getValueAtPercentile(50) / 1e6),
    P99("p99 ms", round -> round.latency().getValueAtPercentile(99) / 1e6),
    MOST("max ms", round -> round.latency().getMaxValue() / 1e6),
    SERVER_PER_1000("server CPU s/1000", round -> per1000(round, round.cpu().server())),
    DATABASE_PER_1000(
            "PostgreSQL CPU s/1000", round -> per1000(round, round.cpu().database())),
    CLIENT_PER_1000("client CPU s/1000", round -> per1000(round, round.cpu().client())),
    SERVER_PER_GIB("server CPU s/GiB", round -> perGib(round, round.cpu().server())),
    DATABASE_PER_GIB("PostgreSQL CPU s/GiB", round -> perGib(round, round.cpu().database())),
    CLIENT_PER_GIB("client CPU s/GiB", round -> perGib(round, round.cpu().client())),
    RESIDENT("RSS MiB", round -> known(round.resident()) / (1 << 20)),
    GC("GC ms/s", round -> round.jvm().pauses() * 1000 / round.seconds()),
    COMPILERS("compiler CPU", round -> round.compilers() / round.seconds()),
    ALLOCATED("allocated KiB/request", round -> round.jvm().allocated() / 1024 / round.requests()),
    KIB_EACH("KiB per slow upload", Round::kibEach),
    FAILED("failed", Round::failed),
    OTHERS("others' CPU", round -> round.cpu().others() / round.seconds()),
    STOLEN("stolen CPU", round -> round.cpu().stolen() / round.seconds());

    final String title;
    private final ToDoubleFunction<Round> value;

    Metric(String title, ToDoubleFunction<Round> value) {
        this.title = title;
        this.value = value;
    }

    double of(Round round) {
        return value.applyAsDouble(round);
    }

    /** Costs are told per GiB of large files and per 1000 requests of the others. */
    boolean suits(Line line) {
        return switch (this) {
            case SERVER_PER_GIB, DATABASE_PER_GIB, CLIENT_PER_GIB -> line.large();
            case SERVER_PER_1000, DATABASE_PER_1000, CLIENT_PER_1000 -> !line.large();
            case MEGABYTES -> line.carried() > 0;
            default -> true;
        };
    }

    /** Three digits, or all before the point. */
    static String text(double value) {
        int decimals = value >= 100 || value == 0 ? 0 : value >= 10 ? 1 : 2;
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "–";
    }

    private static double per1000(Round round, double seconds) {
        return known(seconds) * 1000 / round.requests();
    }

    private static double perGib(Round round, double seconds) {
        return known(seconds) * (1 << 30) / round.bytes();
    }

    /** Nothing at all is what /proc tells of a process that is not there. */
    private static double known(double value) {
        return value == 0 ? Double.NaN : value;
    }
}
