package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.probe.connection.PodReport.PodLine;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tries targets side by side, each over and over: a way that is open for a moment only is found too. */
final class Attack {
    /** A packet that is dropped is not waited for any longer: the next try sends another one. */
    private static final int PATIENCE_MILLIS = 300;

    private static final Duration PAUSE = Duration.ofMillis(25);

    /** How long controls are waited for: rules about a pod that is new take a moment to arrive everywhere. */
    private static final Duration CONTROLS = Duration.ofSeconds(10);

    private final String word;
    private final Duration window;
    private final Instant started;
    private volatile boolean over;

    /**
     * Tries nothing yet.
     *
     * @param word what listeners of this exchange say
     * @param window how long every target is tried after the controls have answered, unless it answers
     * @param started when the program began
     */
    Attack(String word, Duration window, Instant started) {
        this.word = word;
        this.window = window;
        this.started = started;
    }

    /**
     * Tries all of them at once, from the first moment on; returns when the window is over that begins when all controls
     * have answered, or their time has run out.
     */
    PodReport on(List<Target> controls, List<Target> targets) throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(controls.size());
        Map<Target, Tries> all = new LinkedHashMap<>();
        List<Thread> threads = new ArrayList<>();
        long began = millis();
        for (Target target : controls) {
            threads.add(start(target, all, reached));
        }
        for (Target target : targets) {
            threads.add(start(target, all, new CountDownLatch(1)));
        }
        // A control that never answers is no reason to wait for ever: its line says what became of it.
        boolean _ = reached.await(CONTROLS.toMillis(), TimeUnit.MILLISECONDS);
        // Only from here on is it known that the network lets anything through, so only now does silence say something.
        Thread.sleep(window);
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        Map<Target, PodLine> lines = new LinkedHashMap<>();
        all.forEach((target, tries) -> lines.put(target, tries.line()));
        return new PodReport(began, lines);
    }

    private Thread start(Target target, Map<Target, Tries> all, CountDownLatch reached) {
        Tries tries = new Tries();
        all.put(target, tries);
        return Thread.ofPlatform().start(() -> {
            while (!over && tries.line().outcome() != ConnectionOutcome.Answered) {
                tries.add(attempt(target), millis());
                if (tries.line().outcome() != ConnectionOutcome.Answered) {
                    pause();
                }
            }
            reached.countDown();
        });
    }

    /** What all tries on one target come to: the most telling outcome, and when it was seen first. */
    private static final class Tries {
        private PodLine line = new PodLine(ConnectionOutcome.Failed, 0, 0);

        synchronized void add(ConnectionOutcome outcome, long millis) {
            boolean more = line.tries() == 0 || outcome.compareTo(line.outcome()) > 0;
            line = more
                    ? new PodLine(outcome, line.tries() + 1, millis)
                    : new PodLine(line.outcome(), line.tries() + 1, line.millis());
        }

        synchronized PodLine line() {
            return line;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long millis() {
        return Duration.between(started, Instant.now()).toMillis();
    }

    private ConnectionOutcome attempt(Target target) {
        InetSocketAddress address = new InetSocketAddress(target.address(), target.port());
        try {
            return switch (target.protocol()) {
                case tcp -> connect(address, target.proof());
                case udp -> ask(address);
            };
        } catch (SocketTimeoutException _) {
            return ConnectionOutcome.TimedOut;
        } catch (PortUnreachableException _) {
            return ConnectionOutcome.Refused;
        } catch (ConnectException e) {
            return said(e, "refused")
                    ? ConnectionOutcome.Refused
                    : said(e, "timed out") ? ConnectionOutcome.TimedOut : ConnectionOutcome.Unreachable;
        } catch (NoRouteToHostException _) {
            return ConnectionOutcome.Unreachable;
        } catch (SocketException e) {
            return refusal(e);
        } catch (IOException _) {
            return ConnectionOutcome.Failed;
        }
    }

    /** What the kernel says has no exception of its own for each reason. */
    private static ConnectionOutcome refusal(SocketException e) {
        if (said(e, "reset")) {
            return ConnectionOutcome.Refused;
        }
        return said(e, "unreachable") || said(e, "not permitted") || said(e, "denied")
                ? ConnectionOutcome.Unreachable
                : ConnectionOutcome.Failed;
    }

    private static boolean said(IOException e, String words) {
        return String.valueOf(e.getMessage()).contains(words);
    }

    private ConnectionOutcome connect(InetSocketAddress address, Target.ReachProof proof) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, PATIENCE_MILLIS);
            return switch (proof) {
                case connection -> ConnectionOutcome.Answered;
                case word -> heard(socket) ? ConnectionOutcome.Answered : ConnectionOutcome.Accepted;
            };
        }
    }

    /** Whatever is said, and however slowly, it is not listened to for longer than this. */
    private boolean heard(Socket socket) {
        byte[] said = new byte[Listener.WORD];
        int length = 0;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2L * PATIENCE_MILLIS);
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
            while (length < word.length() && System.nanoTime() < end) {
                int read = socket.getInputStream().read(said, length, said.length - length);
                if (read < 0) {
                    break;
                }
                length += read;
            }
        } catch (IOException _) {
            return false;
        }
        return isWord(Arrays.copyOf(said, length));
    }

    private ConnectionOutcome ask(InetSocketAddress address) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(address);
            byte[] question = word.getBytes(StandardCharsets.US_ASCII);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket answer = new DatagramPacket(new byte[Listener.WORD], Listener.WORD);
            socket.receive(answer);
            return isWord(Arrays.copyOf(answer.getData(), answer.getLength()))
                    ? ConnectionOutcome.Answered
                    : ConnectionOutcome.Accepted;
        }
    }

    private boolean isWord(byte[] said) {
        return Arrays.equals(said, word.getBytes(StandardCharsets.US_ASCII));
    }
}
