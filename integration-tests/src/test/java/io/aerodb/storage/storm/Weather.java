package io.aerodb.storage.storm;

import io.aerodb.storage.backend.s3.Fault;
import io.aerodb.storage.backend.s3.S3Call;
import java.time.Duration;
import java.util.Random;

/** What the nemesis does to whom the gateway relies on. Each leaves everything as it found it, except its harm. */
enum Weather {
    DATABASE_KILLED {
        @Override
        void strike(StormWorld world, Random random) throws Exception {
            world.postgres().kill(random.nextBoolean());
            world.pause(random.nextInt(500));
            world.postgres().start();
        }
    },
    CUT_BEFORE_COMMIT {
        @Override
        void strike(StormWorld world, Random random) throws Exception {
            world.wire().cutBeforeCommit(1 + random.nextInt(5));
            world.pause(500);
            world.wire().cutBeforeCommit(0);
        }
    },
    CUT_AFTER_COMMIT {
        @Override
        void strike(StormWorld world, Random random) throws Exception {
            world.wire().cutAfterCommit(1 + random.nextInt(5));
            world.pause(500);
            world.wire().cutAfterCommit(0);
        }
    },
    DISK_FULL {
        @Override
        void strike(StormWorld world, Random random) throws Exception {
            if (world.disk().isPresent()) {
                world.disk().get().fill();
                world.pause(300 + random.nextInt(500));
                world.disk().get().free();
            }
        }
    },
    S3_KILLED {
        @Override
        void strike(StormWorld world, Random random) throws Exception {
            world.s3().kill();
            world.pause(random.nextInt(800));
            world.s3().restart();
        }
    },
    S3_LATE {
        @Override
        void strike(StormWorld world, Random random) throws Exception {
            world.network().always(request -> true, Fault.late(Duration.ofMillis(50 + random.nextInt(300))));
            world.pause(800);
            world.network().heal();
        }
    },
    S3_THROTTLES {
        @Override
        void strike(StormWorld world, Random random) throws Exception {
            world.network().times(10 + random.nextInt(30), request -> true, Fault.slowDown());
            world.pause(800);
            world.network().heal();
        }
    },
    S3_ANSWERS_LOST {
        @Override
        void strike(StormWorld world, Random random) throws Exception {
            world.network().times(3, S3Call.PUT, Fault.answerLost());
            world.network().times(1, S3Call.COMPLETE_UPLOAD, Fault.answerLost());
            world.pause(800);
            world.network().heal();
        }
    },
    CALM {
        @Override
        void strike(StormWorld world, Random random) {}
    };

    abstract void strike(StormWorld world, Random random) throws Exception;
}
