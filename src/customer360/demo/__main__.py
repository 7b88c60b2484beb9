from customer360.demo.cli import demo

demo(prog_name="customer360 demo")
