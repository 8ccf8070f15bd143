import FuzzDriver

FuzzDriver.run(HTTP1Properties.violation)
