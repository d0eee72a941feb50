package io.aerodb.storage.bench;

import org.HdrHistogram.Histogram;

/**
 * What one round of a line gave.
 *
 * @param seconds from the first request to the last answer
 * @param latency of each request that went well, in nanoseconds
 * @param failed requests that did not
 * @param compilers seconds of processor time that the server's JVM compiled; NaN where it is not known
 * @param resident largest sample of the server's resident memory, in bytes
 * @param kibEach memory for each of the slow uploads beside it; NaN without them
 */
record Round(
        Line line,
        double seconds,
        Histogram latency,
        long failed,
        CpuSeconds cpu,
        Jvm jvm,
        double compilers,
        long resident,
        double kibEach) {

    long requests() {
        return latency.getTotalCount();
    }

    double bytes() {
        return (double) requests() * line.carried();
    }
}
