package io.aerodb.storage.gateway.wiring;

import java.time.Duration;
import java.util.function.Function;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** Refuses the start when a setting lies outside what is allowed, both ends included. */
final class Bounds {

    static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private Bounds() {}

    static void check(String setting, int value, int least, int most) {
        check(value, least, most, setting, String::valueOf);
    }

    static void check(String setting, double value, double least, double most) {
        check(value, least, most, setting, String::valueOf);
    }

    static void check(String setting, Duration value, Duration least, Duration most) {
        check(value, least, most, setting, DurationStyle.SIMPLE::print);
    }

    static void check(String setting, DataSize value, DataSize least, DataSize most) {
        check(value, least, most, setting, DataSize::toString);
    }

    private static <T extends Comparable<T>> void check(
            T value, T least, T most, String setting, Function<T, String> text) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new StartRefused("%s is %s: set it to %s at least and %s at most."
                    .formatted(setting, text.apply(value), text.apply(least), text.apply(most)));
        }
    }
}
