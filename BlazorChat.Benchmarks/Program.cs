Console.WriteLine("fanout | idle | open");
