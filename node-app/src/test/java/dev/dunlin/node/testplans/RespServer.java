package dev.dunlin.node.testplans;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** As much of a redis server as two sides of a test need: RPUSH and BLPOP. */
final class RespServer implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final Map<String, BlockingQueue<String>> lists = new ConcurrentHashMap<>();

    RespServer() throws IOException {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket client = listening.accept();
                    Thread.ofVirtual().start(() -> serve(client));
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    private BlockingQueue<String> list(String name) {
        return lists.computeIfAbsent(name, any -> new LinkedBlockingQueue<>());
    }

    private void serve(Socket client) {
        try (client;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            for (String head = in.readLine(); head != null; head = in.readLine()) {
                List<String> words = new ArrayList<>();
                for (int left = Integer.parseInt(head.substring(1)); left > 0; left--) {
                    in.readLine();
                    words.add(in.readLine());
                }
                OutputStream out = client.getOutputStream();
                out.write(answer(words).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // The client is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String answer(List<String> words) throws InterruptedException {
        return switch (words.getFirst()) {
            case "RPUSH" -> {
                list(words.get(1)).add(words.get(2));
                yield ":" + list(words.get(1)).size() + "\r\n";
            }
            case "BLPOP" -> {
                String value = list(words.get(1)).poll(Long.parseLong(words.get(2)), TimeUnit.SECONDS);
                yield value == null ? "*-1\r\n" : "*2\r\n" + bulk(words.get(1)) + bulk(value);
            }
            default -> "-ERR unknown command\r\n";
        };
    }

    private static String bulk(String text) {
        return "$" + text.getBytes(StandardCharsets.UTF_8).length + "\r\n" + text + "\r\n";
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
