package io.aerodb.storage.bench;

import org.HdrHistogram.Histogram;

/**
 * What one round of a line gave.
 *
 * @param seconds from the first request to the last answer
 * @param latency of each request, in nanoseconds
 * @param resident largest sample of the gateway's resident memory, in bytes
 */
record Round(Line line, double seconds, Histogram latency, CpuSeconds cpu, long resident) {

    long requests() {
        return latency.getTotalCount();
    }

    double bytes() {
        return (double) requests() * line.bytes();
    }
}
