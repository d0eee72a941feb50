package io.aerodb.storage.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Descriptors;
import io.aerodb.storage.storm.History.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rounds of clients under a nemesis, each followed by a restart, one clean-up, and a look at everything that was promised. */
final class Storm {

    private static final int QUIET_EVERY = 5;

    private final StormWorld world;
    private final long seed;
    private long baseline;
    private int rounds;
    private int kills;
    private long acknowledged;
    private long unknown;
    private long lost;

    Storm(StormWorld world, long seed) {
        this.world = world;
        this.seed = seed;
    }

    int kills() {
        return kills;
    }

    /** Rounds follow from the seed and their number, not from each other. */
    void round() throws Exception {
        int round = ++rounds;
        Random random = new Random(seed * 1_000 + round);
        List<Weather> weather = weather(random);
        boolean kill = round % QUIET_EVERY != 0;
        Crew crew = new Crew(world.gateway(), world.user(), world.buckets(), seed, round);
        blow(crew, random, weather, kill);

        crew.look();
        List<String> violations = new ArrayList<>(world.violations());
        List<String> losses = crew.violations();
        lost += losses.size();
        violations.addAll(losses);
        assertThat(violations)
                .as("seed %d, round %d, %s, kill %s", seed, round, weather, kill)
                .isEmpty();
        backToBaseline(round);
        acknowledged += crew.acknowledged();
        unknown += crew.unknown();
        remove(crew);
    }

    String summary() {
        return "seed=%d rounds=%d kills=%d acknowledged=%d unknown=%d lost=%d"
                .formatted(seed, rounds, kills, acknowledged, unknown, lost);
    }

    private static List<Weather> weather(Random random) {
        List<Weather> weather = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            weather.add(Weather.values()[random.nextInt(Weather.values().length)]);
        }
        return weather;
    }

    private void blow(Crew crew, Random random, List<Weather> weather, boolean kill) throws Exception {
        try {
            for (Weather each : weather) {
                crew.act(random.nextInt(700));
                each.strike(world, random);
            }
            crew.act(200 + random.nextInt(1_000));
            if (kill) {
                kills++;
                world.gateway().kill();
            }
        } finally {
            crew.rest();
        }
        if (kill) {
            world.awaitEndOfSessions();
            crew.gatewayIsDead();
            world.gateway().restart();
        }
    }

    /** What is open after a round is no more than after the first ones. */
    private void backToBaseline(int round) {
        Descriptors descriptors = Descriptors.of(world.gateway());
        if (round <= 2) {
            baseline = Math.max(baseline, descriptors.count());
            return;
        }
        await("descriptors").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(descriptors.count())
                .isLessThanOrEqualTo(baseline + 40)); // idle connections to database and S3, whose number varies
        await("statements").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        world.sessions("state <> 'idle'"))
                .isEmpty());
    }

    private void remove(Crew crew) {
        Api api = world.gateway().asUser(world.user());
        for (Key key : crew.keys()) {
            api.remove(key.bucket(), key.path());
        }
    }
}
