package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One line of the benchmark: what is asked, of whom, over how many connections, how fast. Its variables are set by {@link Lines}. */
final class Line {

    static final long KIB = 1024;
    static final long MIB = 1024 * KIB;
    static final long GIB = 1024 * MIB;
    private static final long LARGE = 16 * MIB;
    private static final int CONNECTIONS_OF_OPEN_LOOPS = 64;

    /** Makes what runs the rounds. */
    @FunctionalInterface
    interface Maker {
        Runner of(Contestant contestant, Line line) throws Exception;
    }

    private final Group group;
    private final Maker maker;
    private final List<Bar> bars = new ArrayList<>();
    private String name;
    private Set<Role> roles = Role.OURS;
    private long bytes;
    private long carried;
    private int connections = 1;
    private int perSecond;
    private Protocol protocol = Protocol.PLAIN;
    private boolean main;

    Line(String name, Group group, Maker maker) {
        this.name = name;
        this.group = group;
        this.maker = maker;
    }

    static Line load(String name, Group group, Work.Maker work) {
        return new Line(
                name, group, (contestant, line) -> new Load(contestant.target(), line, work.of(contestant, line)));
    }

    Line of(Set<Role> others) {
        roles = others;
        return this;
    }

    /** Of one object; appended to the name. */
    Line size(long size) {
        bytes = size;
        carried = size;
        name += size < MIB
                ? " " + size / KIB + " KiB"
                : size < GIB ? " " + size / MIB + " MiB" : " " + size / GIB + " GiB";
        return this;
    }

    /** When a request moves fewer bytes than the object has. */
    Line carrying(long count) {
        carried = count;
        return this;
    }

    Line by(Protocol other) {
        protocol = other;
        name += other == Protocol.TLS ? " TLS" : " HTTP/2";
        return this;
    }

    /** A closed loop. */
    Line connections(int count) {
        connections = count;
        name += " c=" + count;
        return this;
    }

    /** An open loop, over as many connections as it may take. */
    Line perSecond(int rate) {
        connections = CONNECTIONS_OF_OPEN_LOOPS;
        perSecond = rate;
        name += " at " + rate + "/s";
        return this;
    }

    /** One of those that {@code --quick} takes. */
    Line quick() {
        main = true;
        return this;
    }

    Line bar(Bar bar) {
        bars.add(bar);
        return this;
    }

    String name() {
        return name;
    }

    Group group() {
        return group;
    }

    Set<Role> roles() {
        return roles;
    }

    long bytes() {
        return bytes;
    }

    /** By one request. */
    long carried() {
        return carried;
    }

    int connections() {
        return connections;
    }

    Protocol protocol() {
        return protocol;
    }

    boolean main() {
        return main;
    }

    List<Bar> bars() {
        return bars;
    }

    boolean open() {
        return perSecond > 0;
    }

    boolean large() {
        return bytes >= LARGE;
    }

    /** Files that downloads go round; few enough to stay in the page cache. */
    int files() {
        return large() ? 1 : 256;
    }

    Runner runner(Contestant contestant) throws Exception {
        return maker.of(contestant, this);
    }

    Pace pace(double seconds) {
        return open() ? Pace.open(perSecond, seconds) : Pace.closed(seconds);
    }

    /** By which contestants are compared: speed, or the delay at the same speed. */
    Metric compared() {
        return open() ? Metric.P99 : Metric.REQUESTS;
    }

    @Override
    public String toString() {
        return name;
    }
}
